// What JavaScript sees of what looks inside a model. A module of its own, with a copy of the
// weights, that a page loads when it is asked for: a run never waits for it.

#include <emscripten/bind.h>

#include <limits>
#include <memory>
#include <string>
#include <vector>

#include "bindings/inspect/numbers.h"
#include "bindings/inspect/reports.h"
#include "bindings/token_text.h"
#include "bindings/values.h"
#include "inspect/inspector.h"
#include "train/benchmark.h"
#include "train/memory.h"

namespace clearformer::bindings {
namespace {

// By its number where JavaScript has it: 0 none, 1 softmax's term, 2 the residual.
Fault fault_of(int number) {
  if (number == 1) return Fault::softmax_term;
  return number == 2 ? Fault::residual : Fault::none;
}

// Ids are exact as floats: a vocabulary is far below 2^24.
std::vector<float> ids_of(std::span<const Token> tokens) {
  return {tokens.begin(), tokens.end()};
}

// One model and one text at most. An index out of range is brought into it.
class Inspection {
 public:
  ModelFacts open(const Bytes& run) {
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
    proof_.reset();
    training_.reset();
    const Tokenizer& tokenizer = inspector_->model().header.tokenizer;
    std::vector<std::string> pieces;
    for (Token token = 0; token < tokenizer.vocab_size(); ++token)
      pieces.push_back(token_text(tokenizer, token));
    facts.step = static_cast<double>(inspector_->model().step);
    facts.layers = inspector_->config().n_layer;
    facts.heads = inspector_->config().n_head;
    facts.most_together = static_cast<int>(inspector_->most_together());
    facts.pieces = copy_strings(pieces);
    return facts;
  }

  PassageReport read(const std::string& text) {
    if (!inspector_) return told(Error{"state", "", "No model is open yet."});
    const Status status = inspector_->read(text);
    is_read_ = is_read_ || status.ok();
    return told(error_of(status));
  }

  PassageReport look(double first) {
    if (is_read_) inspector_->look(static_cast<std::int64_t>(first));
    return told({});
  }

  PassageReport set_part(int layer, int head, bool on) {
    const bool is_part = is_read_ && is_layer(layer) &&
                         (head == Part::kMlp || (head >= 0 && head < inspector_->config().n_head));
    if (is_part) inspector_->set_part({layer, head}, on);
    return told({});
  }

  // (length, length); empty where there is no such head.
  Floats attention(int layer, int head) {
    const bool is_head =
        is_read_ && is_layer(layer) && head >= 0 && head < inspector_->config().n_head;
    return copy_floats(is_head ? inspector_->attention(layer, head) : std::vector<float>{});
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

  // The check of the passage's gradients anew; then samples until none are left; then its tensors.
  ProofReport prove() {
    proof_.reset();
    if (!is_read_) return {.error = no_text()};
    Result<std::unique_ptr<GradientProof>> made = inspector_->prove();
    if (!made.ok()) return {.error = made.error()};
    proof_ = std::move(made.value());
    samples_left_ = GradientProof::kSamples;
    return proven();
  }

  ProofReport sample() {
    if (!proof_) return {.error = no_text()};
    proof_->sample();
    samples_left_ = std::max(samples_left_ - 1, 0);
    return proven();
  }

  void set_fault(int fault) {
    if (proof_) proof_->set_fault(fault_of(fault));
  }

  TensorReport tensor(int i) const {
    if (!is_tensor(i)) return {};
    const TensorProof p = proof_->check(i);
    return {p.name,
            static_cast<double>(p.rows),
            static_cast<double>(p.cols),
            p.relative_error,
            p.tolerance,
            p.pass};
  }

  Slopes slopes(int tensor, double epsilon) {
    if (!is_tensor(tensor) || !(epsilon > 0)) return {};
    return proof_->slopes(tensor, epsilon);
  }

  TrainingReport begin_training(int fault) {
    if (!inspector_) return {.error = no_text()};
    Result<std::unique_ptr<FaultyTraining>> made = inspector_->train_with(fault_of(fault));
    if (!made.ok()) return {.error = made.error()};
    training_ = std::move(made.value());
    return {};
  }

  TrainingReport train() {
    if (!training_) return {.error = no_text()};
    const FaultyTraining::Losses losses = training_->step();
    return {{}, losses.right, losses.faulty};
  }

  // Every tensor of a pass over the passage's first tokens; returns how many there are.
  int dissect() {
    anatomy_.clear();
    if (!is_read_) return 0;
    Result<std::unique_ptr<ExactPass>> pass = inspector_->exact_pass();
    if (!pass.ok()) return 0;
    pass_ = std::move(pass.value());
    anatomy_ = clearformer::dissect(*pass_);
    return static_cast<int>(anatomy_.size());
  }

  AnatomyReport anatomy(int i) const {
    if (!is_dissected(i))
      return {"", no_floats(), "", "", report_of(Statistics{}), report_of(Statistics{})};
    const AnatomyTensor& t = anatomy_[i];
    const std::vector<float> shape(t.shape.begin(), t.shape.end());
    return {t.name, copy_floats(shape), fate_name(t.fate),
            t.why,  report_of(t.value), report_of(t.gradient)};
  }

  // Some numbers of tensor i, where one came from, and the loss were it larger by so much; see
  // numbers.h. Nothing, NaN, where there is no such tensor.
  WindowReport window(int i, double row, double column, double rows, double columns) const {
    if (!is_dissected(i)) return {};
    return window_of(*pass_, anatomy_[i], row, column, rows, columns);
  }
  OriginReport origin(int i, double at) const {
    return is_dissected(i) ? report_of(*pass_, anatomy_[i].name, at) : OriginReport{};
  }
  double loss_with(int i, double at, double by) const {
    if (!is_dissected(i)) return std::numeric_limits<double>::quiet_NaN();
    return loss_of(*pass_, anatomy_[i].name, at, by);
  }

  // Of a step of the run, with so many threads.
  TimelineReport timeline(int threads) const {
    if (!inspector_) return report_of(Timeline{});
    return report_of(plan_timeline(inspector_->model().header.recipe, inspector_->config(),
                                   std::clamp(threads, 1, kMaxThreads)));
  }

  // Where the time of a step of the run's recipe goes: on this module's one thread, strict.
  ProfileReport profile(double seconds) const {
    if (!inspector_) return {no_text(), ""};
    ThreadPool pool(1);
    const Result<Benchmark> result =
        run_benchmark(inspector_->model().header.recipe, {.pool = pool}, seconds);
    if (!result.ok()) return {result.error(), ""};
    return {{}, benchmark_to_json(result.value())};
  }

  std::string continuation(int tokens) {
    return is_read_ ? inspector_->continuation(tokens) : std::string();
  }

 private:
  bool is_layer(int layer) const { return layer >= 0 && layer < inspector_->config().n_layer; }

  bool is_dissected(int i) const { return i >= 0 && i < static_cast<int>(anatomy_.size()); }
  bool is_tensor(int i) const { return proof_ && i >= 0 && i < proof_->tensors(); }
  static Error no_text() { return {"state", "", "No model and text are open yet."}; }

  ProofReport proven() const {
    return {{}, proof_->tensors(), static_cast<int>(proof_->tokens()), samples_left_};
  }

  PassageReport told(Error error) {
    PassageReport report{.error = std::move(error)};
    if (!is_read_) return report;
    report.ids = copy_floats(ids_of(inspector_->tokens()));
    report.surprises = copy_floats(inspector_->surprises());
    report.first = static_cast<int>(inspector_->first());
    report.length = static_cast<int>(inspector_->length());
    report.loss = inspector_->loss();
    return report;
  }

  ThreadPool pool_{1};
  std::unique_ptr<Inspector> inspector_;
  bool is_read_ = false;  // a text
  std::unique_ptr<GradientProof> proof_;
  int samples_left_ = 0;
  std::unique_ptr<FaultyTraining> training_;
  std::unique_ptr<ExactPass> pass_;  // that the anatomy is of
  std::vector<AnatomyTensor> anatomy_;
};

}  // namespace
}  // namespace clearformer::bindings

EMSCRIPTEN_BINDINGS(clearformer_inspect) {
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
      .field("pieces", &ModelFacts::pieces);
  value_object<PassageReport>("PassageReport")
      .field("error", &PassageReport::error)
      .field("ids", &PassageReport::ids)
      .field("surprises", &PassageReport::surprises)
      .field("first", &PassageReport::first)
      .field("length", &PassageReport::length)
      .field("loss", &PassageReport::loss);
  value_object<ExpectationReport>("ExpectationReport")
      .field("per_stage", &ExpectationReport::per_stage)
      .field("ids", &ExpectationReport::ids)
      .field("probabilities", &ExpectationReport::probabilities)
      .field("next", &ExpectationReport::next)
      .field("entropies", &ExpectationReport::entropies);
  value_object<LensReport>("LensReport")
      .field("ids", &LensReport::ids)
      .field("probabilities", &LensReport::probabilities);
  value_object<ProofReport>("ProofReport")
      .field("error", &ProofReport::error)
      .field("tensors", &ProofReport::tensors)
      .field("tokens", &ProofReport::tokens)
      .field("samples_left", &ProofReport::samples_left);
  value_object<TensorReport>("TensorReport")
      .field("name", &TensorReport::name)
      .field("rows", &TensorReport::rows)
      .field("cols", &TensorReport::cols)
      .field("relative_error", &TensorReport::relative_error)
      .field("tolerance", &TensorReport::tolerance)
      .field("pass", &TensorReport::pass);
  value_object<clearformer::Slopes>("Slopes")
      .field("reference", &clearformer::Slopes::reference)
      .field("engine", &clearformer::Slopes::engine)
      .field("in_double", &clearformer::Slopes::in_double)
      .field("in_float", &clearformer::Slopes::in_float);
  value_object<TrainingReport>("TrainingReport")
      .field("error", &TrainingReport::error)
      .field("right", &TrainingReport::right)
      .field("faulty", &TrainingReport::faulty);
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
  value_object<ProfileReport>("ProfileReport")
      .field("error", &ProfileReport::error)
      .field("json", &ProfileReport::json);
  value_object<StatisticsReport>("StatisticsReport")
      .field("mean", &StatisticsReport::mean)
      .field("deviation", &StatisticsReport::deviation)
      .field("largest", &StatisticsReport::largest)
      .field("zeros", &StatisticsReport::zeros)
      .field("histogram", &StatisticsReport::histogram);
  value_object<AnatomyReport>("AnatomyReport")
      .field("name", &AnatomyReport::name)
      .field("shape", &AnatomyReport::shape)
      .field("fate", &AnatomyReport::fate)
      .field("why", &AnatomyReport::why)
      .field("value", &AnatomyReport::value)
      .field("gradient", &AnatomyReport::gradient);
  register_numbers();
  class_<Inspection>("Inspection")
      .constructor<>()
      .function("open(run)", &Inspection::open)
      .function("read(text)", &Inspection::read)
      .function("look(first)", &Inspection::look)
      .function("setPart(layer, head, on)", &Inspection::set_part)
      .function("attention(layer, head)", &Inspection::attention)
      .function("expectations(position, n)", &Inspection::expectations)
      .function("lens()", &Inspection::lens)
      .function("worth()", &Inspection::worth)
      .function("prove()", &Inspection::prove)
      .function("sample()", &Inspection::sample)
      .function("setFault(fault)", &Inspection::set_fault)
      .function("tensor(i)", &Inspection::tensor)
      .function("slopes(tensor, epsilon)", &Inspection::slopes)
      .function("beginTraining(fault)", &Inspection::begin_training)
      .function("train()", &Inspection::train)
      .function("dissect()", &Inspection::dissect)
      .function("anatomy(i)", &Inspection::anatomy)
      .function("window(i, row, column, rows, columns)", &Inspection::window)
      .function("origin(i, at)", &Inspection::origin)
      .function("lossWith(i, at, by)", &Inspection::loss_with)
      .function("timeline(threads)", &Inspection::timeline)
      .function("profile(seconds)", &Inspection::profile)
      .function("continuation(tokens)", &Inspection::continuation);
}
