#pragma once

#include <memory>
#include <string>

#include "bindings/values.h"
#include "inspect/inspector.h"

namespace clearformer::bindings {

struct ModelFacts {
  Error error;
  double step = 0;
  int layers = 0, heads = 0;
  int most_together = 0;          // tokens
  Strings pieces = no_strings();  // every token of the vocabulary, to be read
  std::string recipe_json;
};

// What is looked at, of the model as it is switched. NaN where a token has no number.
struct PassageReport {
  Error error;
  Floats ids = no_floats();        // of all tokens of the text
  Floats surprises = no_floats();  // of all of them, nats
  int first = 0, length = 0;       // what is looked at of it
  double loss = 0;                 // nats a token of the passage
};

// One model and one text at most: what every module that looks inside a model begins with, and
// derives its class from. An index out of range is brought into it.
class Subject {
 public:
  ModelFacts open(const Bytes& run);
  PassageReport read(const std::string& text);
  PassageReport look(double first);
  PassageReport set_part(int layer, int head, bool on);

 protected:
  static Error no_text() { return {"state", "", "No model and text are open yet."}; }

  bool is_layer(int layer) const { return layer >= 0 && layer < inspector_->config().n_layer; }
  bool is_head(int head) const { return head >= 0 && head < inspector_->config().n_head; }

  ThreadPool pool_{1};
  std::unique_ptr<Inspector> inspector_;
  bool is_read_ = false;  // a text

 private:
  PassageReport told(Error error);
};

}  // namespace clearformer::bindings
