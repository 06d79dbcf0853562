// What JavaScript sees of a run's health and of the search for its learning rate. A module of its
// own, as it has a trainer of its own: of a copy of the run, which never hears of it.

#include "inspect/health.h"

#include <emscripten/bind.h>

#include <memory>
#include <string>
#include <vector>

#include "bindings/values.h"
#include "inspect/lr_finder.h"
#include "inspect/run_copy.h"
#include "train/memory.h"

namespace clearformer::bindings {
namespace {

// One of the two is empty.
struct HealthReport {
  Error error;
  std::string json;  // health_to_json, lr_finder_to_json
};

// The file's own bytes, another copy of them and a whole run are to have room.
bool has_room(const Bytes& run) {
  return size_of(run) <= static_cast<std::size_t>(memory_limit() / 4);
}

HealthReport too_large() {
  return {{"memory", "", "This run is too large to be looked into here."}, ""};
}

class HealthCheck {
 public:
  HealthReport examine(const Bytes& run) {
    if (!has_room(run)) return too_large();
    const auto copy = copy_run(bytes_of<std::vector<std::uint8_t>>(run), pool_);
    if (!copy.ok()) return {copy.error(), ""};
    const Result<Health> health = clearformer::examine(*copy.value(), pool_);
    if (!health.ok()) return {health.error(), ""};
    return {{}, health_to_json(health.value())};
  }

  // A search for the learning rate of a run's recipe, then its steps.
  HealthReport begin_search(const Bytes& run) {
    if (!has_room(run)) return too_large();
    finder_.reset();
    auto made = LrFinder::create(bytes_of<std::vector<std::uint8_t>>(run), pool_);
    if (!made.ok()) return {made.error(), ""};
    finder_ = std::move(made.value());
    return {{}, lr_finder_to_json(*finder_)};
  }

  HealthReport search(int steps) {
    if (!finder_) return {{"state", "", "No search has begun."}, ""};
    for (int i = 0; i < steps; ++i) finder_->step();
    return {{}, lr_finder_to_json(*finder_)};
  }

 private:
  ThreadPool pool_{1};
  std::unique_ptr<LrFinder> finder_;
};

}  // namespace
}  // namespace clearformer::bindings

EMSCRIPTEN_BINDINGS(clearformer_health) {
  using namespace emscripten;
  using namespace clearformer::bindings;

  register_type<Bytes>("Uint8Array");
  value_object<clearformer::Error>("EngineError")
      .field("code", &clearformer::Error::code)
      .field("where", &clearformer::Error::where)
      .field("message", &clearformer::Error::message);
  value_object<HealthReport>("HealthReport")
      .field("error", &HealthReport::error)
      .field("json", &HealthReport::json);
  class_<HealthCheck>("HealthCheck")
      .constructor<>()
      .function("examine(run)", &HealthCheck::examine)
      .function("beginSearch(run)", &HealthCheck::begin_search)
      .function("search(steps)", &HealthCheck::search);
}
