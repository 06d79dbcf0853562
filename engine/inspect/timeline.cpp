#include "inspect/timeline.h"

#include <algorithm>

#include "inspect/schedule.h"

namespace clearformer {
namespace {

using Intervals = std::vector<std::pair<int, int>>;

bool holds(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

// From each time that a buffer is filled anew until it is last needed.
Intervals intervals_of(const std::string& name, const std::vector<ScheduledOp>& ops) {
  Intervals intervals;
  for (int i = 0; i < static_cast<int>(ops.size()); ++i) {
    const bool reads = holds(ops[i].reads, name), writes = holds(ops[i].writes, name);
    if (writes && !reads) intervals.emplace_back(i, i);
    if (reads) {
      CHECK(!intervals.empty());  // nothing is needed that was never made
      intervals.back().second = i;
    }
  }
  return intervals;
}

// What a whole step needs, or more than one, is there before its first op.
Intervals lasting(const Buffer& buffer, const std::vector<ScheduledOp>& ops, int passes) {
  const int last = static_cast<int>(ops.size()) - 1;
  if (buffer.lifetime == Lifetime::run) return {{0, last}};
  int from = last, to = 0;
  for (int i = 0; i <= last; ++i)
    if (holds(ops[i].reads, buffer.name)) {
      from = std::min(from, i);
      to = i;
    }
  // The gradient is zero until backward first adds to it; tokens are drawn before the step.
  const bool grows = buffer.kind == MemoryKind::gradients && passes == 1;
  return {{grows ? from : 0, to}};
}

}  // namespace

const char* phase_name(Moment::Phase phase) {
  switch (phase) {
    case Moment::Phase::forward:
      return "forward";
    case Moment::Phase::backward:
      return "backward";
    case Moment::Phase::update:
      return "update";
  }
  return "";
}

Timeline plan_timeline(const Recipe& recipe, const ModelConfig& config, int n_threads) {
  const std::vector<ScheduledOp> ops = schedule_step(recipe, config);
  const std::int64_t together = pass_shape(recipe, n_threads).B;
  Timeline timeline;
  timeline.passes =
      static_cast<int>((recipe.batch_size + together - 1) / together) * recipe.grad_accum_steps;
  timeline.tape = tape_bytes(recipe, config);
  for (const ScheduledOp& op : ops) timeline.moments.push_back({op.phase, op.op, op.what});
  for (const Buffer& buffer : plan_memory(recipe, config, 0, 0, n_threads).buffers) {
    // Neither has a part in a step.
    if (buffer.kind == MemoryKind::text || buffer.name == "decoder") continue;
    const bool lasts = buffer.lifetime == Lifetime::run || buffer.lifetime == Lifetime::step;
    Span span{buffer,
              lasts ? lasting(buffer, ops, timeline.passes) : intervals_of(buffer.name, ops)};
    timeline.reserved += buffer.bytes;
    for (const auto& [from, to] : span.alive)
      for (int i = from; i <= to; ++i) timeline.moments[i].alive += buffer.bytes;
    timeline.spans.push_back(std::move(span));
  }
  for (const Moment& moment : timeline.moments)
    timeline.peak = std::max(timeline.peak, moment.alive);
  return timeline;
}

}  // namespace clearformer
