#include "cli/divergence.h"

#include <algorithm>

#include "text/words.h"

namespace clearformer::cli {
namespace {

// So many steps are told of those that led there.
constexpr std::int64_t kStepsBefore = 20;

const char* name_of(Divergence::What what) {
  if (what == Divergence::What::loss) return "loss";
  return what == Divergence::What::gradient ? "gradient" : "weight";
}

// "h.3.attn.qkv" is of layer 3; null where a tensor is of none.
nlohmann::ordered_json layer_of(const std::string& tensor) {
  const std::optional<int> layer = number_after("h.", tensor.substr(0, tensor.find('.', 2)));
  if (!layer) return nullptr;
  return *layer;
}

// "The loss became infinite at step 412, first in h.3.attn.qkv, after numbers of up to 2.1e+38".
std::string what_happened(const Divergence& d) {
  std::string where = d.tensor.empty() ? "" : ", first in " + d.tensor;
  if (d.magnitude > 0) where += ", after numbers of up to " + scientific(d.magnitude, 1);
  return std::string(d.what == Divergence::What::weight ? "A " : "The ") + name_of(d.what) +
         " became infinite at step " + with_commas(d.step) + where;
}

nlohmann::ordered_json event_of(const char* event, const Divergence& d) {
  return {{"event", event},
          {"step", d.step},
          {"what", name_of(d.what)},
          {"tensor", d.tensor},
          {"layer", layer_of(d.tensor)},
          {"magnitude", d.magnitude},
          {"loss", number_or_null(d.loss)},
          {"lr", d.lr},
          {"grad_norm", number_or_null(d.grad_norm)}};
}

}  // namespace

void report_skipped(const Events& events, const Trainer& trainer) {
  const std::int64_t skipped = trainer.steps_skipped();
  nlohmann::ordered_json event = event_of("skipped", trainer.divergence());
  event["skipped"] = skipped;
  events.emit(event, what_happened(trainer.divergence()) + ": skipped, " +
                         counted(skipped, "step") + " so far.");
}

void report_divergence(const Events& events, const Trainer& trainer) {
  const History& history = trainer.history();
  const std::int64_t done = trainer.steps_done();
  nlohmann::ordered_json event = event_of("diverged", trainer.divergence());
  event["steps"] = nlohmann::ordered_json::array();
  std::string lines;
  for (std::int64_t i = std::max<std::int64_t>(0, done - kStepsBefore); i < done; ++i) {
    event["steps"].push_back({{"step", i + 1},
                              {"loss", number_or_null(history.loss[i])},
                              {"lr", number_or_null(history.lr[i])},
                              {"grad_norm", number_or_null(history.grad_norm[i])}});
    lines += (lines.empty() ? "" : "\n") + ("step " + with_commas(i + 1)) + "  loss " +
             scientific(history.loss[i], 3) + "  lr " + scientific(history.lr[i], 2) + "  norm " +
             scientific(history.grad_norm[i], 2);
  }
  events.emit(event, lines);
}

std::string divergence_line(const Trainer& trainer, const std::string& out) {
  const Divergence& d = trainer.divergence();
  return what_happened(d) + ". The run was saved to " + out + " as it was after step " +
         with_commas(trainer.steps_done()) + "; nothing is lost. Begin again with --lr " +
         format_rounded(trainer.recipe().lr / 3, 1) +
         ", a --grad-clip of 1 or less or more --warmup-steps, or resume a save from before the "
         "loss rose.";
}

}  // namespace clearformer::cli
