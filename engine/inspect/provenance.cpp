#include "inspect/provenance.h"

#include <algorithm>
#include <cmath>
#include <initializer_list>
#include <utility>

#include "base/check.h"

namespace clearformer {
namespace {

// "ln_f[4, 17]"
std::string place(std::string_view tensor, std::initializer_list<std::int64_t> at) {
  std::string name(tensor);
  const char* before = "[";
  for (const std::int64_t index : at) {
    name += before + std::to_string(index);
    before = ", ";
  }
  return name + "]";
}

// Tells where the numbers of one tensor come from: block_forward and forward of the reference, read
// from the output's side.
class Teller {
 public:
  Teller(const ExactPass& pass, std::string_view tensor) : pass_(pass), key_(tensor) {
    if (!key_.starts_with("h.")) return;
    const std::size_t end = key_.find('.', 2);
    layer_ = std::stoi(std::string(key_.substr(2, end - 2)));
    key_.remove_prefix(end + 1);
  }

  Origin tell(std::int64_t at) {
    const std::int64_t C = config_.n_embd, inner = config_.n_inner();
    const std::int64_t t = at / C, c = at % C;  // of a row of the stream
    const BlockParameters<const double>& p = pass_.parameters().h[std::max(layer_, 0)];
    if (key_ == "embedding") return embedding(t, c);
    if (key_ == "embedding_dropout") return same("embedding", at, C);
    if (key_.ends_with(".mean")) return mean(at);
    if (key_.ends_with(".rstd")) return scale(at);
    if (key_ == "ln_1") return norm(t, c, p.ln_1_weight, p.ln_1_bias);
    if (key_ == "ln_2") return norm(t, c, p.ln_2_weight, p.ln_2_bias);
    if (key_ == "ln_f")
      return norm(t, c, pass_.parameters().ln_f_weight, pass_.parameters().ln_f_bias);
    if (key_ == "attn.qkv")
      return linear(at, "ln_1", C, "attn.c_attn", p.c_attn_weight, p.c_attn_bias,
                    config_.qkv_width());
    if (key_ == "attn.qk_norm") return head_norm(at, p);
    if (key_ == "attn.rotary") return turned(at);
    if (key_ == "attn.att") return weight(at);
    if (key_ == "attn.out") return mixed(t, c);
    if (key_ == "attn.c_proj")
      return linear(at, "attn.out", C, "attn.c_proj", p.attn_c_proj_weight, p.attn_c_proj_bias, C);
    if (key_ == "attn.dropout") return same("attn.c_proj", at, C);
    if (key_ == "residual_mid") return sum(stream(), branch("attn"), at);
    if (key_ == "mlp.fc")
      return linear(at, "ln_2", C, "mlp.c_fc", p.c_fc_weight, p.c_fc_bias, config_.fc_width());
    if (key_ == "mlp.hidden") return activation(at);
    if (key_ == "mlp.c_proj")
      return linear(at, "mlp.hidden", inner, "mlp.c_proj", p.mlp_c_proj_weight, p.mlp_c_proj_bias,
                    C);
    if (key_ == "mlp.dropout") return same("mlp.c_proj", at, C);
    if (key_ == "residual_out") return sum(named("residual_mid"), branch("mlp"), at);
    if (key_ == "logits") return logit(at);
    return surprise(at);
  }

 private:
  std::string named(std::string_view key) const {
    return layer_ < 0 ? std::string(key) : "h." + std::to_string(layer_) + "." + std::string(key);
  }
  NamedNumber number(const std::string& tensor, std::int64_t at, std::int64_t width) const {
    return {place(tensor, {at / width, at % width}), pass_.values(tensor)[at]};
  }
  static NamedNumber element(std::string_view tensor, const double* numbers, std::int64_t at) {
    return {place(tensor, {at}), numbers[at]};
  }
  bool drops() const { return config_.dropout > 0; }
  // What comes into the block, or after the last one into ln_f.
  std::string stream() const {
    const int before = (layer_ < 0 ? config_.n_layer : layer_) - 1;
    if (before >= 0) return "h." + std::to_string(before) + ".residual_out";
    return drops() ? "embedding_dropout" : "embedding";
  }
  std::string branch(const std::string& of) const {
    return named(of + (drops() ? ".dropout" : ".c_proj"));
  }

  static Origin sum_of(std::vector<Product> products) {
    Origin origin;
    const auto larger = [](const Product& a, const Product& b) {
      return std::abs(a.value()) > std::abs(b.value());
    };
    std::sort(products.begin(), products.end(), larger);
    const auto shown = std::min<std::size_t>(products.size(), Origin::kMostProducts);
    for (std::size_t i = shown; i < products.size(); ++i) origin.others_sum += products[i].value();
    origin.others = static_cast<std::int64_t>(products.size() - shown);
    products.resize(shown);
    origin.products = std::move(products);
    return origin;
  }
  static Origin made_of(std::string formula, std::vector<NamedNumber> inputs) {
    Origin origin;
    origin.formula = std::move(formula);
    origin.inputs = std::move(inputs);
    return origin;
  }
  static Product as_it_is(NamedNumber number) { return {std::move(number), {"", 1}}; }

  Origin same(const std::string& key, std::int64_t at, std::int64_t width) const {
    return sum_of({as_it_is(number(named(key), at, width))});
  }
  Origin sum(const std::string& a, const std::string& b, std::int64_t at) const {
    const std::int64_t C = config_.n_embd;
    return sum_of({as_it_is(number(a, at, C)), as_it_is(number(b, at, C))});
  }

  Origin embedding(std::int64_t t, std::int64_t c) const {
    const std::int64_t C = config_.n_embd;
    const auto row = [&](const char* name, const double* table, std::int64_t of) {
      return as_it_is({place(name, {of, c}), table[of * C + c]});
    };
    std::vector<Product> rows = {row("wte.weight", pass_.parameters().wte, pass_.tokens()[t])};
    if (pass_.parameters().wpe) rows.push_back(row("wpe.weight", pass_.parameters().wpe, t));
    return sum_of(std::move(rows));
  }

  // bias + the sum of x_i W_io.
  Origin linear(std::int64_t at, const std::string& input, std::int64_t C_in,
                const std::string& layer, const double* weight, const double* bias,
                std::int64_t C_out) const {
    const std::int64_t n = at / C_out, o = at % C_out;
    const std::string x = named(input), w = named(layer + ".weight");
    std::vector<Product> products;
    for (std::int64_t i = 0; i < C_in; ++i)
      products.push_back(
          {number(x, n * C_in + i, C_in), {place(w, {i, o}), weight[i * C_out + o]}});
    if (bias) products.push_back(as_it_is(element(named(layer + ".bias"), bias, o)));
    return sum_of(std::move(products));
  }

  Origin logit(std::int64_t at) const {
    const std::int64_t C = config_.n_embd, V = config_.vocab_size, t = at / V, v = at % V;
    const char* const name = config_.tied_head ? "wte.weight" : "lm_head.weight";
    std::vector<Product> products;
    for (std::int64_t c = 0; c < C; ++c)
      products.push_back({number("ln_f", t * C + c, C),
                          {place(name, {v, c}), pass_.parameters().lm_head[v * C + c]}});
    return sum_of(std::move(products));
  }

  // The numbers that a norm's statistics are of: a row of the stream, or a head of qkv.
  std::vector<NamedNumber> normalised_row(std::int64_t at) const {
    const bool heads = key_.starts_with("attn.");
    const bool second = key_.starts_with("ln_2");
    const std::string x = heads ? named("attn.qkv") : second ? named("residual_mid") : stream();
    const std::int64_t per_row = heads ? config_.n_head + config_.kv_heads() : 1;
    const std::int64_t width = heads ? config_.qkv_width() : config_.n_embd;
    const std::int64_t size = heads ? config_.head_size() : config_.n_embd;
    std::vector<NamedNumber> row;
    for (std::int64_t i = 0; i < size; ++i)
      row.push_back(number(x, at / per_row * width + at % per_row * size + i, width));
    return row;
  }
  Origin mean(std::int64_t at) const {
    std::vector<Product> products;
    const std::vector<NamedNumber> row = normalised_row(at);
    for (const NamedNumber& x : row)
      products.push_back({x, {"1/C", 1.0 / static_cast<double>(row.size())}});
    return sum_of(std::move(products));
  }
  // 1 / sqrt(v + epsilon): v is the mean of squares, about the mean where there is one.
  Origin scale(std::int64_t at) const {
    const std::string means = named(std::string(key_.substr(0, key_.size() - 4)) + "mean");
    const std::span<const double> mean = pass_.values(means);
    const double m = mean.empty() ? 0 : mean[at];
    std::vector<Product> products;
    double v = 0;
    const std::vector<NamedNumber> row = normalised_row(at);
    for (const auto& [name, x] : row) {
      const double share = (x - m) / static_cast<double>(row.size());
      products.push_back({{mean.empty() ? name : name + " − m", x - m}, {"itself / C", share}});
      v += (x - m) * share;
    }
    Origin origin = sum_of(std::move(products));
    origin.formula = "1 / √({0} + {1})";
    origin.inputs = {{"v", v}, {"ε", reference::kLayerNormEpsilon}};
    return origin;
  }

  Origin norm(std::int64_t t, std::int64_t c, const double* weight, const double* bias) const {
    const std::string of = named(key_), x = key_ == "ln_2" ? named("residual_mid") : stream();
    std::vector<NamedNumber> inputs = {number(x, t * config_.n_embd + c, config_.n_embd),
                                       element(of + ".rstd", pass_.values(of + ".rstd").data(), t),
                                       element(of + ".weight", weight, c)};
    if (config_.norm == Norm::rmsnorm) return made_of("{0} × {1} × {2}", std::move(inputs));
    inputs.push_back(element(of + ".mean", pass_.values(of + ".mean").data(), t));
    if (!bias) return made_of("({0} − {3}) × {1} × {2}", std::move(inputs));
    inputs.push_back(element(of + ".bias", bias, c));
    return made_of("({0} − {3}) × {1} × {2} + {4}", std::move(inputs));
  }
  Origin head_norm(std::int64_t at, const BlockParameters<const double>& p) const {
    const std::int64_t W = config_.qkv_width(), HS = config_.head_size(), head = at % W / HS;
    const std::int64_t normed = config_.n_head + config_.kv_heads();
    if (head >= normed) return same("attn.qkv", at, W);
    const bool query = head < config_.n_head;
    const std::string rstd = named("attn.qk_norm.rstd");
    return made_of("{0} × {1} × {2}",
                   {number(named("attn.qkv"), at, W), number(rstd, at / W * normed + head, normed),
                    element(named(query ? "attn.q_norm.weight" : "attn.k_norm.weight"),
                            query ? p.q_norm_weight : p.k_norm_weight, at % HS)});
  }

  // A pair turned by its position's angle: see ops/rotary.md.
  Origin turned(std::int64_t at) const {
    const std::int64_t W = config_.qkv_width(), HS = config_.head_size(), half = HS / 2;
    const std::int64_t t = at / W, head = at % W / HS, i = at % HS;
    const std::string x = config_.qk_norm ? "attn.qk_norm" : "attn.qkv";
    if (head >= config_.n_head + config_.kv_heads()) return same(x, at, W);
    const bool first = i < half;
    const auto pair = static_cast<double>(2 * (first ? i : i - half));
    const double angle =
        static_cast<double>(t) / std::pow(reference::kRotaryTheta, pair / static_cast<double>(HS));
    const double sine = first ? -std::sin(angle) : std::sin(angle);
    return sum_of(
        {{number(named(x), at, W), {"cos", std::cos(angle)}},
         {number(named(x), first ? at + half : at - half, W), {first ? "−sin" : "sin", sine}}});
  }

  std::string attention_input() const {
    if (config_.position == Position::rotary) return named("attn.rotary");
    return named(config_.qk_norm ? "attn.qk_norm" : "attn.qkv");
  }

  // softmax(scale q . k) over the keys that the query may see.
  Origin weight(std::int64_t at) const {
    const std::int64_t T = pass_.T(), W = config_.qkv_width(), HS = config_.head_size();
    const std::int64_t head = at / (T * T), t = at / T % T, s = at % T;
    if (s > t) return made_of("0", {});
    const std::string x = attention_input();
    const std::span<const double> qkv = pass_.values(x);
    const std::int64_t query = t * W + head * HS;
    const auto key = [&](std::int64_t of) {
      return of * W + config_.n_embd + head / (config_.n_head / config_.kv_heads()) * HS;
    };
    const double scale = 1 / std::sqrt(static_cast<double>(HS));
    std::vector<double> dots(t + 1);
    for (std::int64_t of = 0; of <= t; ++of)
      for (std::int64_t i = 0; i < HS; ++i) dots[of] += qkv[query + i] * qkv[key(of) + i];
    const double largest = scale * *std::max_element(dots.begin(), dots.end());
    double total = 0;
    for (const double dot : dots) total += std::exp(scale * dot - largest);
    std::vector<Product> products;
    for (std::int64_t i = 0; i < HS; ++i)
      products.push_back({number(x, query + i, W), number(x, key(s) + i, W)});
    Origin origin = sum_of(std::move(products));
    origin.formula = "e^({0} × {1} − {2}) / {3}";
    origin.inputs = {{"q · k", dots[s]},
                     {"1 / √HS", scale},
                     {"the largest score of the row", largest},
                     {"the row’s sum of e^(score − largest)", total}};
    return origin;
  }
  // What a head takes from the values, by its weights.
  Origin mixed(std::int64_t t, std::int64_t c) const {
    const std::int64_t T = pass_.T(), W = config_.qkv_width(), HS = config_.head_size();
    const std::int64_t head = c / HS, kv = head / (config_.n_head / config_.kv_heads());
    const std::int64_t value = config_.n_embd + (config_.kv_heads() + kv) * HS + c % HS;
    const std::string att = named("attn.att"), x = attention_input();
    std::vector<Product> products;
    for (std::int64_t s = 0; s <= t; ++s) {
      const std::int64_t at = (head * T + t) * T + s;
      products.push_back(
          {{place(att, {head, t, s}), pass_.values(att)[at]}, number(x, s * W + value, W)});
    }
    return sum_of(std::move(products));
  }

  Origin activation(std::int64_t at) const {
    const std::int64_t H = config_.n_inner(), n = at / H, h = at % H, W = config_.fc_width();
    const NamedNumber x = number(named("mlp.fc"), n * W + h, W);
    switch (config_.activation) {
      case Activation::gelu:
        return made_of("{0} / 2 × (1 + tanh(√(2/π) × ({0} + 0.044715 × {0}³)))", {x});
      case Activation::relu2:
        return made_of("max({0}, 0)²", {x});
      case Activation::swiglu:
        return made_of("{0} / (1 + e^−({0})) × {1}",
                       {x, number(named("mlp.fc"), n * W + H + h, W)});
    }
    return {};
  }

  // -log of the target's chance; or of a token its chance.
  Origin surprise(std::int64_t at) const {
    const std::int64_t V = config_.vocab_size;
    if (key_ == "losses")
      return made_of("−log({0})", {number("probabilities", at * V + pass_.targets()[at], V)});
    const double* const row = pass_.values("logits").data() + at / V * V;
    const double largest = *std::max_element(row, row + V);
    double total = 0;
    for (std::int64_t v = 0; v < V; ++v) total += std::exp(row[v] - largest);
    return made_of("e^({0} − {1}) / {2}", {number("logits", at, V),
                                           {"the largest logit of the row", largest},
                                           {"the row’s sum of e^(logit − largest)", total}});
  }

  const ExactPass& pass_;
  const ModelConfig& config_ = pass_.config();
  std::string_view key_;  // of the tensor, without its layer
  int layer_ = -1;        // or none
};

}  // namespace

Origin origin_of(const ExactPass& pass, std::string_view tensor, std::int64_t at) {
  CHECK(at >= 0 && at < static_cast<std::int64_t>(pass.values(tensor).size()));
  return Teller(pass, tensor).tell(at);
}

}  // namespace clearformer
