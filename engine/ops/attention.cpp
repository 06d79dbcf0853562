#include "ops/attention.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/check.h"
#include "kernels/gemm.h"
#include "kernels/reduce.h"

namespace clearformer {
namespace {

// Queries that are handled together: their scores are the largest thing in a thread's scratch.
constexpr std::int64_t kQueryBlock = 32;

std::int64_t serial_gemm_scratch(const AttentionShape& s) {
  return std::max({gemm_scratch(kQueryBlock, s.T, s.head_size()),
                   gemm_scratch(kQueryBlock, s.head_size(), s.T),
                   gemm_scratch(s.T, s.head_size(), kQueryBlock)});
}

// Rows of scores are as long as whole lanes.
std::int64_t whole_lanes(std::int64_t size) {
  return (size + simd::kLanes - 1) / simd::kLanes * simd::kLanes;
}

std::int64_t scratch_per_thread(const AttentionShape& s) {
  return 3 * kQueryBlock * whole_lanes(s.T) + serial_gemm_scratch(s);
}

// One head of one batch: where its rows lie.
struct Head {
  const AttentionShape& shape;
  std::int64_t b, h;
  std::int64_t kv = h / shape.group();  // the head of keys and values that it reads

  // Whether it is the first of those that share keys and values.
  bool leads() const { return h % shape.group() == 0; }
  // Row t of q, k or v (part 0, 1, 2) of a (B, T, qkv_width) tensor.
  template <class T>
  T* part(T* qkv, int part, std::int64_t t = 0) const {
    const std::int64_t column =
        part == 0 ? h * shape.head_size()
                  : shape.C + (part - 1) * shape.kv_width() + kv * shape.head_size();
    return qkv + (b * shape.T + t) * shape.qkv_width() + column;
  }
  // Row t of a (B, T, C) tensor.
  template <class T>
  T* row(T* out, std::int64_t t) const {
    return out + (b * shape.T + t) * shape.C + h * shape.head_size();
  }
  std::int64_t index(std::int64_t t) const { return (b * shape.n_head + h) * shape.T + t; }
};

// What a thread works with.
struct Scratch {
  float* p;        // (kQueryBlock, stride): scores, then probabilities
  float* dp;       // (kQueryBlock, stride)
  float* dropped;  // (kQueryBlock, stride): p after dropout
  float* pack;

  Scratch(float* memory, const AttentionShape& s)
      : p(memory),
        dp(p + kQueryBlock * whole_lanes(s.T)),
        dropped(dp + kQueryBlock * whole_lanes(s.T)),
        pack(dropped + kQueryBlock * whole_lanes(s.T)) {}
};

float score_scale(const AttentionShape& s) {
  return 1.0f / std::sqrt(static_cast<float>(s.head_size()));
}

// So many products of a head's size over the positions that each query sees: 2 forward (scores,
// values); 5 backward, the scores again among them.
double attention_flops(const AttentionShape& s, int products) {
  return products * static_cast<double>(s.B * s.n_head) * gemm_flops(s.T, s.head_size(), s.T + 1) /
         2;
}

// Calls fn(head, scratch) for each head of each batch, `together` of them in a row on one thread.
template <class Fn>
void for_each_head(const Context& context, const AttentionShape& s, std::int64_t together,
                   Fn&& fn) {
  CHECK(static_cast<std::int64_t>(context.scratch.size()) >=
        attention_scratch(s, context.pool.n_threads()));
  context.pool.parallel_for(
      0, s.B * s.n_head, together, [&](std::int64_t first, std::int64_t last, int worker) {
        const Scratch scratch(context.scratch.data() + worker * scratch_per_thread(s), s);
        for (std::int64_t i = first; i < last; ++i)
          fn(Head{s, i / s.n_head, i % s.n_head}, scratch);
      });
}

// Queries that are handled together: `queries` of them from `query` on, which see the first `keys`
// positions.
struct QueryBlock {
  std::int64_t query, queries, keys;

  std::int64_t stride() const { return whole_lanes(keys); }  // of a row of scores
  std::int64_t seen(std::int64_t r) const { return query + r + 1; }
};

// Calls fn(block) block by block.
template <class Fn>
void for_each_query_block(std::int64_t T, Fn&& fn) {
  for (std::int64_t query = 0; query < T; query += kQueryBlock) {
    const std::int64_t queries = std::min(kQueryBlock, T - query);
    fn(QueryBlock{query, queries, query + queries});
  }
}

// p (queries, keys) = q k^T, unscaled.
void block_scores(Arithmetic arithmetic, const Scratch& scratch, const Head& head, const float* qkv,
                  const QueryBlock& block) {
  const std::int64_t stride = head.shape.qkv_width();
  gemm_serial(arithmetic, scratch.pack, {.data = scratch.p, .stride = block.stride()},
              matrix(head.part(qkv, 0, block.query), stride), transposed(head.part(qkv, 1), stride),
              block.queries, block.keys, head.shape.head_size());
}

// Calls softmax(p, r, size) for each row r of the block: size is whole lanes, in which the future
// is -inf, so that no row has a tail to handle. What lies behind becomes zero.
template <class Softmax>
void softmax_rows(float* scores, const QueryBlock& block, Softmax&& softmax) {
  constexpr float kFuture = -std::numeric_limits<float>::infinity();
  for (std::int64_t r = 0; r < block.queries; ++r) {
    float* p = scores + r * block.stride();
    const std::int64_t seen = block.seen(r), size = whole_lanes(seen);
    float* last = p + size - simd::kLanes;
    simd::store(last, simd::first_lanes(simd::load(last), static_cast<int>(p + seen - last),
                                        simd::splat(kFuture)));
    softmax(p, r, size);
    std::fill(p + size, p + block.stride(), 0.0f);
  }
}

// Drops weights of the block, each by its number.
void drop_block(float* p, const Dropout& dropout, const Head& head, const QueryBlock& block) {
  for (std::int64_t r = 0; r < block.queries; ++r)
    apply_dropout(p + r * block.stride(), dropout, head.index(block.query + r) * head.shape.T,
                  block.seen(r));
}

}  // namespace

std::int64_t attention_scratch(const AttentionShape& shape, int n_threads) {
  return n_threads * scratch_per_thread(shape);
}

void attention_forward(const Context& context, float* out, SoftmaxRow* rows, const float* qkv,
                       const Dropout& dropout, const AttentionShape& s) {
  const OpTimer timer(context.profile, __func__, attention_flops(s, 2));
  const float scale = score_scale(s);
  for_each_head(context, s, 1, [&](const Head& head, const Scratch& scratch) {
    for_each_query_block(s.T, [&](const QueryBlock& block) {
      block_scores(context.arithmetic, scratch, head, qkv, block);
      softmax_rows(scratch.p, block, [&](float* p, std::int64_t r, std::int64_t size) {
        rows[head.index(block.query + r)] = softmax_row(p, scale, size);
      });
      if (dropout.active()) drop_block(scratch.p, dropout, head, block);
      gemm_serial(context.arithmetic, scratch.pack,
                  {.data = head.row(out, block.query), .stride = s.C},
                  matrix(scratch.p, block.stride()), matrix(head.part(qkv, 2), s.qkv_width()),
                  block.queries, s.head_size(), block.keys);
    });
  });
}

void attention_backward(const Context& context, float* dqkv, const float* dout, const float* qkv,
                        const float* out, const SoftmaxRow* rows, const Dropout& dropout,
                        const AttentionShape& s) {
  const OpTimer timer(context.profile, __func__, attention_flops(s, 5));
  const float scale = score_scale(s);
  const std::int64_t HS = s.head_size(), stride = s.qkv_width();
  for_each_head(context, s, s.group(), [&](const Head& head, const Scratch& scratch) {
    if (head.leads())  // dk and dv gather over the heads that share them, and over query blocks
      for (int part : {1, 2})
        for (std::int64_t t = 0; t < s.T; ++t) std::fill_n(head.part(dqkv, part, t), HS, 0.0f);

    for_each_query_block(s.T, [&](const QueryBlock& block) {
      const Arithmetic arithmetic = context.arithmetic;
      const auto& [query, queries, keys] = block;
      const std::int64_t row = block.stride();
      const MatrixView dout_block = matrix(head.row(dout, query), s.C);
      float *p = scratch.p, *dp = scratch.dp, *dropped = scratch.p;

      // p again, as forward had it.
      block_scores(arithmetic, scratch, head, qkv, block);
      softmax_rows(p, block, [&](float* p_row, std::int64_t r, std::int64_t size) {
        softmax_row_again(p_row, scale, rows[head.index(query + r)], size);
      });
      if (dropout.active()) {
        dropped = std::copy_n(p, queries * row, scratch.dropped) - queries * row;
        drop_block(dropped, dropout, head, block);
      }

      // dv += p^T dout;  dp = dout v^T.
      gemm_serial(arithmetic, scratch.pack,
                  {.data = head.part(dqkv, 2), .stride = stride, .accumulate = true},
                  transposed(dropped, row), dout_block, keys, HS, queries);
      gemm_serial(arithmetic, scratch.pack, {.data = dp, .stride = row}, dout_block,
                  transposed(head.part(qkv, 2), stride), queries, keys, HS);
      if (dropout.active()) drop_block(dp, dropout, head, block);

      // ds = p (dp - sum p dp) scale, in place of p. That sum is dout . out. The future's p is
      // zero.
      for (std::int64_t r = 0; r < queries; ++r) {
        const float mean = dot(head.row(dout, query + r), head.row(out, query + r), HS);
        float* p_row = p + r * row;
        const float* dp_row = dp + r * row;
        simd::for_lanes(whole_lanes(block.seen(r)), [&](std::int64_t i, auto n) {
          const simd::f32x16 centred = simd::load(dp_row + i, n) - mean;
          simd::store(p_row + i, simd::load(p_row + i, n) * centred * scale, n);
        });
      }

      // dq = ds k;  dk += ds^T q.
      gemm_serial(arithmetic, scratch.pack, {.data = head.part(dqkv, 0, query), .stride = stride},
                  matrix(p, row), matrix(head.part(qkv, 1), stride), queries, HS, keys);
      gemm_serial(arithmetic, scratch.pack,
                  {.data = head.part(dqkv, 1), .stride = stride, .accumulate = true},
                  transposed(p, row), matrix(head.part(qkv, 0, query), stride), keys, HS, queries);
    });
  });
}

void attention_decode(float* out, float* keys, float* values, float* scratch, const float* qkv,
                      std::int64_t position, const AttentionShape& s) {
  const std::int64_t HS = s.head_size(), stride = s.kv_width(), seen = position + 1;
  std::copy_n(qkv + s.C, stride, keys + position * stride);
  std::copy_n(qkv + s.C + stride, stride, values + position * stride);
  const float scale = score_scale(s);
  for (std::int64_t h = 0; h < s.n_head; ++h) {
    const std::int64_t at = h * HS, kv = h / s.group() * HS;
    for (std::int64_t t = 0; t < seen; ++t) scratch[t] = dot(qkv + at, keys + t * stride + kv, HS);
    softmax_row(scratch, scale, seen);
    simd::for_lanes(HS, [&](std::int64_t c, auto n) {
      simd::f32x16 sum{};
      for (std::int64_t t = 0; t < seen; ++t)
        sum += scratch[t] * simd::load(values + t * stride + kv + c, n);
      simd::store(out + at + c, sum, n);
    });
  }
}

}  // namespace clearformer
