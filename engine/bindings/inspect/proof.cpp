// What JavaScript sees of the gradient check and of a training with a fault: a module of its own,
// because it has the double-precision reference and the backward pass, and all that with faults.

#include <emscripten/bind.h>

#include <algorithm>
#include <memory>
#include <string>
#include <utility>

#include "bindings/inspect/subject.h"

namespace clearformer::bindings {
namespace {

// How far the gradient check is.
struct ProofReport {
  Error error;
  int tokens = 0;
  int samples_left = 0;  // of the rounding, before anything passes
};

struct TensorReport {
  std::string name;
  double rows = 0, cols = 0;
  double relative_error = 0, tolerance = 0;
  bool pass = false;
};

// A step of a training with a fault, beside one without.
struct TrainingReport {
  Error error;
  double right = 0, faulty = 0;  // losses
};

// By its number where JavaScript has it: 0 none, 1 softmax's term, 2 the residual.
Fault fault_of(int number) {
  if (number == 1) return Fault::softmax_term;
  return number == 2 ? Fault::residual : Fault::none;
}

class Proof : public Subject {
 public:
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

  int tensors() const { return proof_ ? proof_->tensors() : 0; }

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

 private:
  bool is_tensor(int i) const { return i >= 0 && i < tensors(); }

  ProofReport proven() const { return {{}, static_cast<int>(proof_->tokens()), samples_left_}; }

  std::unique_ptr<GradientProof> proof_;
  int samples_left_ = 0;
  std::unique_ptr<FaultyTraining> training_;
};

}  // namespace
}  // namespace clearformer::bindings

EMSCRIPTEN_BINDINGS(clearformer_proof) {
  using namespace emscripten;
  using namespace clearformer::bindings;

  value_object<ProofReport>("ProofReport")
      .field("error", &ProofReport::error)
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
  class_<Proof, base<Subject>>("Proof")
      .constructor<>()
      .function("prove()", &Proof::prove)
      .function("sample()", &Proof::sample)
      .function("setFault(fault)", &Proof::set_fault)
      .function("tensors()", &Proof::tensors)
      .function("tensor(i)", &Proof::tensor)
      .function("slopes(tensor, epsilon)", &Proof::slopes)
      .function("beginTraining(fault)", &Proof::begin_training)
      .function("train()", &Proof::train);
}
