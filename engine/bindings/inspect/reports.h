#pragma once

#include <string>
#include <vector>

#include "bindings/values.h"
#include "inspect/timeline.h"

namespace clearformer::bindings {

// What an Inspection answers with, as JavaScript sees it.

// Some tokens for each stage of the residual stream, likeliest first.
struct ExpectationReport {
  int per_stage = 0;
  Floats ids = no_floats(), probabilities = no_floats();  // (stages, per_stage)
  Floats next = no_floats(), entropies = no_floats();     // (stages)
};

// For each stage and position what the head holds likeliest. (stages, length)
struct LensReport {
  Floats ids = no_floats(), probabilities = no_floats();
};

// Columns: a step's ops, its buffers, and when each buffer is alive.
struct TimelineReport {
  int passes = 0;
  double reserved = 0, peak = 0, tape = 0;                                  // bytes
  Strings phases = no_strings(), ops = no_strings(), whats = no_strings();  // (moments)
  Floats alive = no_floats();                                               // (moments), bytes
  Strings names = no_strings(), kinds = no_strings(), whys = no_strings();  // (buffers)
  Floats bytes = no_floats();                                               // (buffers)
  // Intervals of moments, the last one included: which buffer's, from, to. (intervals, 3)
  Floats intervals = no_floats();
};

inline TimelineReport report_of(const Timeline& timeline) {
  std::vector<std::string> phases, ops, whats, names, kinds, whys;
  std::vector<float> alive, bytes, intervals;
  for (const Moment& moment : timeline.moments) {
    phases.push_back(phase_name(moment.phase));
    ops.push_back(moment.op);
    whats.push_back(moment.what);
    alive.push_back(static_cast<float>(moment.alive));
  }
  for (const Span& span : timeline.spans) {
    for (const auto& [from, to] : span.alive)
      for (const std::size_t number : {names.size(), std::size_t(from), std::size_t(to)})
        intervals.push_back(static_cast<float>(number));
    names.push_back(span.buffer.name);
    kinds.push_back(memory_kind_name(span.buffer.kind));
    whys.push_back(span.buffer.why);
    bytes.push_back(static_cast<float>(span.buffer.bytes));
  }
  return {timeline.passes,
          static_cast<double>(timeline.reserved),
          static_cast<double>(timeline.peak),
          static_cast<double>(timeline.tape),
          copy_strings(phases),
          copy_strings(ops),
          copy_strings(whats),
          copy_floats(alive),
          copy_strings(names),
          copy_strings(kinds),
          copy_strings(whys),
          copy_floats(bytes),
          copy_floats(intervals)};
}

}  // namespace clearformer::bindings
