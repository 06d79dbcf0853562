// What every module that looks inside a model begins with, as JavaScript sees it.

#include "bindings/inspect/subject.h"

#include <emscripten/bind.h>

#include <utility>
#include <vector>

#include "bindings/token_text.h"
#include "train/memory.h"

namespace clearformer::bindings {
namespace {

// Ids are exact as floats: a vocabulary is far below 2^24.
std::vector<float> ids_of(std::span<const Token> tokens) {
  return {tokens.begin(), tokens.end()};
}

}  // namespace

ModelFacts Subject::open(const Bytes& run) {
  ModelFacts facts;
  if (size_of(run) > static_cast<std::size_t>(memory_limit() / 2)) {
    facts.error = {"memory", "", "This run is too large to be looked into here."};
    return facts;
  }
  Result<std::unique_ptr<Inspector>> made =
      Inspector::open(bytes_of<std::vector<std::uint8_t>>(run), pool_);
  facts.error = error_of(made);
  if (!made.ok()) return facts;
  inspector_ = std::move(made.value());
  is_read_ = false;
  const Tokenizer& tokenizer = inspector_->model().header.tokenizer;
  std::vector<std::string> pieces;
  for (Token token = 0; token < tokenizer.vocab_size(); ++token)
    pieces.push_back(token_text(tokenizer, token));
  facts.step = static_cast<double>(inspector_->model().step);
  facts.layers = inspector_->config().n_layer;
  facts.heads = inspector_->config().n_head;
  facts.most_together = static_cast<int>(inspector_->most_together());
  facts.pieces = copy_strings(pieces);
  facts.recipe_json = recipe_to_json(inspector_->model().header.recipe);
  return facts;
}

PassageReport Subject::read(const std::string& text) {
  if (!inspector_) return told(Error{"state", "", "No model is open yet."});
  const Status status = inspector_->read(text);
  is_read_ = is_read_ || status.ok();
  return told(error_of(status));
}

PassageReport Subject::look(double first) {
  if (is_read_) inspector_->look(static_cast<std::int64_t>(first));
  return told({});
}

PassageReport Subject::set_part(int layer, int head, bool on) {
  const bool is_part = is_read_ && is_layer(layer) && (head == Part::kMlp || is_head(head));
  if (is_part) inspector_->set_part({layer, head}, on);
  return told({});
}

PassageReport Subject::told(Error error) {
  PassageReport report{.error = std::move(error)};
  if (!is_read_) return report;
  report.ids = copy_floats(ids_of(inspector_->tokens()));
  report.surprises = copy_floats(inspector_->surprises());
  report.first = static_cast<int>(inspector_->first());
  report.length = static_cast<int>(inspector_->length());
  report.loss = inspector_->loss();
  return report;
}

}  // namespace clearformer::bindings

EMSCRIPTEN_BINDINGS(clearformer_subject) {
  using namespace emscripten;
  using namespace clearformer::bindings;

  register_type<Bytes>("Uint8Array");
  register_type<Floats>("Float32Array");
  register_type<Strings>("string[]");
  value_object<clearformer::Error>("EngineError")
      .field("code", &clearformer::Error::code)
      .field("where", &clearformer::Error::where)
      .field("message", &clearformer::Error::message);
  value_object<ModelFacts>("ModelFacts")
      .field("error", &ModelFacts::error)
      .field("step", &ModelFacts::step)
      .field("layers", &ModelFacts::layers)
      .field("heads", &ModelFacts::heads)
      .field("most_together", &ModelFacts::most_together)
      .field("pieces", &ModelFacts::pieces)
      .field("recipe_json", &ModelFacts::recipe_json);
  value_object<PassageReport>("PassageReport")
      .field("error", &PassageReport::error)
      .field("ids", &PassageReport::ids)
      .field("surprises", &PassageReport::surprises)
      .field("first", &PassageReport::first)
      .field("length", &PassageReport::length)
      .field("loss", &PassageReport::loss);
  class_<Subject>("Subject")
      .function("open(run)", &Subject::open)
      .function("read(text)", &Subject::read)
      .function("look(first)", &Subject::look)
      .function("setPart(layer, head, on)", &Subject::set_part);
}
