// What JavaScript sees of what looks inside a model. A module of its own, with a copy of the
// weights, that a page loads when it is asked for: a run never waits for it.

#include <emscripten/bind.h>

#include <algorithm>
#include <string>
#include <vector>

#include "bindings/inspect/reports.h"
#include "bindings/inspect/subject.h"

namespace clearformer::bindings {
namespace {

class Inspection : public Subject {
 public:
  // (length, length); empty where there is no such head.
  Floats attention(int layer, int head) {
    const bool has_map = is_read_ && is_layer(layer) && is_head(head);
    return copy_floats(has_map ? inspector_->attention(layer, head) : std::vector<float>{});
  }

  ExpectationReport expectations(int position, int n) {
    ExpectationReport report;
    if (!is_read_) return report;
    const int at = std::clamp(position, 0, static_cast<int>(inspector_->length()) - 1);
    std::vector<float> ids, probabilities, next, entropies;
    for (const Expectation& one : inspector_->expectations(at, std::max(n, 1))) {
      report.per_stage = static_cast<int>(one.likeliest.size());
      for (const auto& [id, probability] : one.likeliest) {
        ids.push_back(static_cast<float>(id));
        probabilities.push_back(probability);
      }
      next.push_back(one.next);
      entropies.push_back(one.entropy);
    }
    report.ids = copy_floats(ids);
    report.probabilities = copy_floats(probabilities);
    report.next = copy_floats(next);
    report.entropies = copy_floats(entropies);
    return report;
  }

  LensReport lens() {
    std::vector<float> ids, probabilities;
    if (is_read_)
      for (int stage = 0; stage <= inspector_->config().n_layer; ++stage)
        for (const auto& [id, probability] : inspector_->guesses(stage)) {
          ids.push_back(static_cast<float>(id));
          probabilities.push_back(probability);
        }
    return {copy_floats(ids), copy_floats(probabilities)};
  }

  Floats worth() { return copy_floats(is_read_ ? inspector_->worth() : std::vector<float>{}); }

  // Of a step of the run, with so many threads.
  TimelineReport timeline(int threads) const {
    if (!inspector_) return report_of(Timeline{});
    return report_of(plan_timeline(inspector_->model().header.recipe, inspector_->config(),
                                   std::clamp(threads, 1, kMaxThreads)));
  }

  std::string continuation(int tokens) {
    return is_read_ ? inspector_->continuation(tokens) : std::string();
  }
};

}  // namespace
}  // namespace clearformer::bindings

EMSCRIPTEN_BINDINGS(clearformer_inspect) {
  using namespace emscripten;
  using namespace clearformer::bindings;

  value_object<ExpectationReport>("ExpectationReport")
      .field("per_stage", &ExpectationReport::per_stage)
      .field("ids", &ExpectationReport::ids)
      .field("probabilities", &ExpectationReport::probabilities)
      .field("next", &ExpectationReport::next)
      .field("entropies", &ExpectationReport::entropies);
  value_object<LensReport>("LensReport")
      .field("ids", &LensReport::ids)
      .field("probabilities", &LensReport::probabilities);
  value_object<TimelineReport>("TimelineReport")
      .field("passes", &TimelineReport::passes)
      .field("reserved", &TimelineReport::reserved)
      .field("peak", &TimelineReport::peak)
      .field("tape", &TimelineReport::tape)
      .field("phases", &TimelineReport::phases)
      .field("ops", &TimelineReport::ops)
      .field("whats", &TimelineReport::whats)
      .field("alive", &TimelineReport::alive)
      .field("names", &TimelineReport::names)
      .field("kinds", &TimelineReport::kinds)
      .field("whys", &TimelineReport::whys)
      .field("bytes", &TimelineReport::bytes)
      .field("intervals", &TimelineReport::intervals);
  class_<Inspection, base<Subject>>("Inspection")
      .constructor<>()
      .function("attention(layer, head)", &Inspection::attention)
      .function("expectations(position, n)", &Inspection::expectations)
      .function("lens()", &Inspection::lens)
      .function("worth()", &Inspection::worth)
      .function("timeline(threads)", &Inspection::timeline)
      .function("continuation(tokens)", &Inspection::continuation);
}
