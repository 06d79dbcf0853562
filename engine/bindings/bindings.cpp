// What JavaScript sees of the engine. Its TypeScript definitions are generated from this file.

#include <emscripten/bind.h>

#include "bindings/planning.h"
#include "bindings/session.h"
#include "kernels/gemm.h"

using namespace emscripten;
using namespace clearformer::bindings;
using clearformer::Error;

EMSCRIPTEN_BINDINGS(clearformer) {
  register_type<Bytes>("Uint8Array");
  register_type<Floats>("Float32Array");
  register_type<Strings>("string[]");

  value_object<Error>("EngineError")
      .field("code", &Error::code)
      .field("where", &Error::where)
      .field("message", &Error::message);
  value_object<TextReport>("TextReport")
      .field("error", &TextReport::error)
      .field("bytes", &TextReport::bytes)
      .field("characters", &TextReport::characters)
      .field("tokens", &TextReport::tokens)
      .field("vocab_size", &TextReport::vocab_size)
      .field("unigram_entropy", &TextReport::unigram_entropy)
      .field("bigram_entropy", &TextReport::bigram_entropy)
      .field("ids", &TextReport::ids)
      .field("merges", &TextReport::merges);
  value_object<PlanReport>("PlanReport")
      .field("error", &PlanReport::error)
      .field("parameters", &PlanReport::parameters)
      .field("flops_per_step", &PlanReport::flops_per_step)
      .field("total_bytes", &PlanReport::total_bytes)
      .field("parameter_bytes", &PlanReport::parameter_bytes)
      .field("gradient_bytes", &PlanReport::gradient_bytes)
      .field("optimizer_bytes", &PlanReport::optimizer_bytes)
      .field("activation_bytes", &PlanReport::activation_bytes)
      .field("scratch_bytes", &PlanReport::scratch_bytes)
      .field("text_bytes", &PlanReport::text_bytes);
  value_object<RunInfo>("RunInfo")
      .field("error", &RunInfo::error)
      .field("step", &RunInfo::step)
      .field("steps", &RunInfo::steps)
      .field("recipe_json", &RunInfo::recipe_json)
      .field("past_schedules_json", &RunInfo::past_schedules_json)
      .field("from_model", &RunInfo::from_model)
      .field("parameters", &RunInfo::parameters)
      .field("vocab_size", &RunInfo::vocab_size)
      .field("train_tokens", &RunInfo::train_tokens)
      .field("val_tokens", &RunInfo::val_tokens)
      .field("val_bytes", &RunInfo::val_bytes)
      .field("text_bytes", &RunInfo::text_bytes)
      .field("characters", &RunInfo::characters)
      .field("unigram_entropy", &RunInfo::unigram_entropy)
      .field("bigram_entropy", &RunInfo::bigram_entropy)
      .field("fingerprint_class", &RunInfo::fingerprint_class)
      .field("threads", &RunInfo::threads);
  value_object<StepReport>("StepReport")
      .field("error", &StepReport::error)
      .field("step", &StepReport::step)
      .field("loss", &StepReport::loss)
      .field("lr", &StepReport::lr)
      .field("grad_norm", &StepReport::grad_norm)
      .field("tokens", &StepReport::tokens)
      .field("evaluation_due", &StepReport::evaluation_due)
      .field("what", &StepReport::what)
      .field("magnitude", &StepReport::magnitude);
  value_object<EvalReport>("EvalReport")
      .field("error", &EvalReport::error)
      .field("done", &EvalReport::done)
      .field("fraction", &EvalReport::fraction)
      .field("step", &EvalReport::step)
      .field("train_loss", &EvalReport::train_loss)
      .field("val_loss", &EvalReport::val_loss);
  value_object<WritingOptions>("SampleOptions")
      .field("temperature", &WritingOptions::temperature)
      .field("top_k", &WritingOptions::top_k)
      .field("top_p", &WritingOptions::top_p)
      .field("seed", &WritingOptions::seed)
      .field("max_tokens", &WritingOptions::max_tokens)
      .field("alternatives", &WritingOptions::alternatives);
  value_object<SampleReport>("SampleReport")
      .field("error", &SampleReport::error)
      .field("done", &SampleReport::done)
      .field("id", &SampleReport::id)
      .field("text", &SampleReport::text)
      .field("piece", &SampleReport::piece)
      .field("probability", &SampleReport::probability)
      .field("alternatives", &SampleReport::alternatives)
      .field("alternative_probabilities", &SampleReport::alternative_probabilities);
  value_object<SaveReport>("SaveReport")
      .field("error", &SaveReport::error)
      .field("bytes", &SaveReport::bytes);
  value_object<ModelReport>("ModelReport")
      .field("error", &ModelReport::error)
      .field("step", &ModelReport::step)
      .field("recipe_json", &ModelReport::recipe_json)
      .field("parameters", &ModelReport::parameters)
      .field("vocab_size", &ModelReport::vocab_size);
  value_object<SpeedReport>("SpeedReport")
      .field("error", &SpeedReport::error)
      .field("flops_per_second", &SpeedReport::flops_per_second);
  value_object<StepColumns>("StepColumns")
      .field("step", &StepColumns::step)
      .field("loss", &StepColumns::loss)
      .field("lr", &StepColumns::lr)
      .field("grad_norm", &StepColumns::grad_norm);
  value_object<EvalColumns>("EvalColumns")
      .field("step", &EvalColumns::step)
      .field("train_loss", &EvalColumns::train_loss)
      .field("val_loss", &EvalColumns::val_loss);
  value_object<HistoryReport>("HistoryReport")
      .field("steps", &HistoryReport::steps)
      .field("evals", &HistoryReport::evals);

  function("settings()", &settings);
  function("memoryLimit()", &memory_limit_bytes);
  function("canFuse()", &clearformer::can_fuse);
  function("inspectText(bytes, tokenizer, withTokens)", &inspect_text);
  function("planRecipe(recipeJson, vocabSize, tokens, threads)", &plan_recipe);

  class_<Session>("Session")
      .constructor<int>()
      .function("start(recipeJson, text, arithmetic)", &Session::start)
      .function("load(file)", &Session::load)
      .function("packModel()", &Session::pack_model)
      .function("openModel(packed)", &Session::open_model)
      .function("hasRun()", &Session::has_run)
      .function("info()", &Session::info)
      .function("step()", &Session::step)
      .function("evaluationDue()", &Session::evaluation_due)
      .function("beginEvaluation()", &Session::begin_evaluation)
      .function("continueEvaluation()", &Session::continue_evaluation)
      .function("changeSchedule(steps, lr, minLr, gradClip)", &Session::change_schedule)
      .function("beginSample(prompt, options)", &Session::begin_sample)
      .function("nextSample()", &Session::next_sample)
      .function("measureSpeed(recipeJson, seconds, arithmetic)", &Session::measure_speed)
      .function("save()", &Session::save)
      .function("fingerprint()", &Session::fingerprint)
      .function("history()", &Session::history)
      .function("text()", &Session::text);
}
