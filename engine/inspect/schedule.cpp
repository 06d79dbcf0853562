#include "inspect/schedule.h"

#include <algorithm>
#include <utility>

#include "train/lora.h"
#include "train/optimizer.h"

namespace clearformer {
namespace {

using Names = std::vector<std::string>;
using Phase = Moment::Phase;

class Scheduler {
 public:
  Scheduler(const Recipe& recipe, const ModelConfig& config) : recipe_(recipe), config_(config) {}

  std::vector<ScheduledOp> step() {
    forward();
    backward();
    update();
    return std::move(ops_);
  }

 private:
  void op(std::string name, std::string what, Names reads, Names writes) {
    ops_.push_back({phase_, std::move(name), std::move(what), std::move(reads), std::move(writes)});
  }
  // A product packs blocks of its matrices into op_scratch.
  void product(std::string name, std::string what, Names reads, Names writes) {
    reads.push_back("parameters");
    writes.push_back("op_scratch");
    op(std::move(name), std::move(what), std::move(reads), std::move(writes));
  }
  void weight_product(const std::string& name, const std::string& what, Names reads,
                      Names writes = {}) {
    reads.push_back("gradients");
    writes.push_back("gradients");
    product(name, what, std::move(reads), std::move(writes));
  }

  bool drops() const { return config_.dropout > 0; }
  bool turns() const { return config_.position == Position::rotary; }
  std::string residual(int layer) const {
    return layer < config_.n_layer ? prefix(layer) + "residual" : "residual_final";
  }
  static std::string prefix(int layer) { return "h." + std::to_string(layer) + "."; }

  void norm(const std::string& of, const std::string& x) {
    op("norm_forward", of, {x, "parameters"}, {"normalised", of + ".mean", of + ".rstd"});
  }
  void norm_again(const std::string& of, const std::string& x) {
    op("norm_recompute", of, {x, of + ".mean", of + ".rstd", "parameters"}, {"normalised"});
  }
  void norm_backward(const std::string& of, const std::string& x, bool past = true) {
    Names reads = {"branch", x, of + ".mean", of + ".rstd", "parameters", "gradients"};
    if (past) reads.push_back("dresidual");
    op("norm_backward", of, std::move(reads), {"dresidual", "gradients"});
  }
  void project(const std::string& of, const std::string& x, const std::string& onto,
               const std::string& out) {
    if (!drops()) return product("linear_forward", of, {x, onto}, {out});
    product("linear_forward", of, {x}, {"branch"});
    op("dropout_forward", of, {"branch", onto}, {out});
  }
  // The gradient of what a branch added.
  std::string branch_gradient(const std::string& of) {
    if (!drops()) return "dresidual";
    op("dropout_backward", of, {"dresidual"}, {"branch"});
    return "branch";
  }

  // What attention reads.
  std::string prepare_heads(const std::string& at) {
    const std::string qkv = at + "attn.qkv";
    const std::string heads = config_.qk_norm ? "heads" : qkv;
    if (config_.qk_norm) {
      op("norm_forward", at + "attn.q_norm", {qkv, "parameters"}, {"heads", "heads.rstd"});
      Names reads = {qkv, "heads", "parameters"};
      // What the queries' norm left there is only for backward.
      if (phase_ == Phase::backward) reads.push_back("heads.rstd");
      op("norm_forward", at + "attn.k_norm", std::move(reads), {"heads", "heads.rstd"});
    }
    if (turns()) op("rotary_forward", at + "attn", {heads, "rotary"}, {heads});
    return heads;
  }

  void block_forward(int l) {
    const std::string at = prefix(l), x = residual(l), mid = at + "residual_mid";
    norm(at + "ln_1", x);
    product("linear_forward", at + "attn.c_attn", {"normalised"}, {at + "attn.qkv"});
    const std::string heads = prepare_heads(at);
    op("attention_forward", at + "attn", {heads},
       {at + "attn.out", at + "attn.softmax_rows", "op_scratch"});
    project(at + "attn.c_proj", at + "attn.out", x, mid);
    norm(at + "ln_2", mid);
    product("linear_forward", at + "mlp.c_fc", {"normalised"}, {at + "mlp.fc"});
    op("activation_forward", at + "mlp", {at + "mlp.fc"}, {"wide"});
    project(at + "mlp.c_proj", "wide", mid, residual(l + 1));
  }

  void forward() {
    phase_ = Phase::forward;
    op("embedding_forward", "wte", {"inputs", "parameters"}, {residual(0)});
    if (drops()) op("dropout_forward", "wte", {residual(0)}, {residual(0)});
    if (turns()) op("rotary_table", "positions", {}, {"rotary"});
    for (int l = 0; l < config_.n_layer; ++l) block_forward(l);
    norm("ln_f", "residual_final");
    product("head_forward", "lm_head", {"normalised"}, {"logits"});
    op("cross_entropy_forward", "loss", {"logits", "targets"}, {"losses"});
  }

  void block_backward(int l) {
    const std::string at = prefix(l), x = residual(l), mid = at + "residual_mid";
    const std::string dmlp = branch_gradient(at + "mlp.c_proj");
    product("linear_backward_input", at + "mlp.c_proj", {dmlp}, {"wide"});
    op("activation_backward", at + "mlp", {"wide", at + "mlp.fc"}, {"wide", "dwide"});
    weight_product("linear_backward_weight", at + "mlp.c_proj", {dmlp, "wide"});
    norm_again(at + "ln_2", mid);
    product("linear_backward_input", at + "mlp.c_fc", {"dwide"}, {"branch"});
    weight_product("linear_backward_weight", at + "mlp.c_fc", {"dwide", "normalised"});
    norm_backward(at + "ln_2", mid);

    const std::string dattention = branch_gradient(at + "attn.c_proj");
    product("linear_backward_input", at + "attn.c_proj", {dattention}, {"wide"});
    weight_product("linear_backward_weight", at + "attn.c_proj", {dattention, at + "attn.out"});
    const std::string heads = config_.qk_norm ? prepare_heads(at) : at + "attn.qkv";
    op("attention_backward", at + "attn",
       {"wide", heads, at + "attn.out", at + "attn.softmax_rows"}, {"dwide", "op_scratch"});
    if (turns()) op("rotary_backward", at + "attn", {"dwide", "rotary"}, {"dwide"});
    if (config_.qk_norm)
      for (const char* const part : {"attn.q_norm", "attn.k_norm"})
        op("norm_backward", at + part,
           {"dwide", at + "attn.qkv", "heads.rstd", "parameters", "gradients"},
           {"dwide", "gradients"});
    norm_again(at + "ln_1", x);
    product("linear_backward_input", at + "attn.c_attn", {"dwide"}, {"branch"});
    weight_product("linear_backward_weight", at + "attn.c_attn", {"dwide", "normalised"});
    norm_backward(at + "ln_1", x);
  }

  void backward() {
    phase_ = Phase::backward;
    product("head_forward", "lm_head", {"normalised"}, {"logits"});
    op("cross_entropy_backward", "loss", {"logits", "targets"}, {"logits"});
    weight_product("head_backward", "lm_head", {"logits", "normalised"}, {"branch"});
    norm_backward("ln_f", "residual_final", /*past=*/false);
    for (int l = config_.n_layer - 1; l >= 0; --l) block_backward(l);
    if (drops()) op("dropout_backward", "wte", {"dresidual"}, {"dresidual"});
    op("embedding_backward", "wte", {"dresidual", "inputs", "gradients"}, {"gradients"});
  }

  void update() {
    phase_ = Phase::update;
    const bool adapts = recipe_.lora_rank > 0;
    const std::string trained = adapts ? "adapters" : "parameters";
    const std::string gradients = adapts ? "adapter_gradients" : "gradients";
    if (adapts)
      op("lora_backward", "adapters", {"gradients", trained, gradients},
         {gradients, "lora_scratch"});
    op("gradient_norm", "clipping", {gradients}, {"norm_partials"});
    for (const auto& [rule, name] : kUpdates) {
      if (!moves_by(rule)) continue;
      Names writes = {trained};
      if (rule == UpdateRule::muon) writes.push_back("optimizer_scratch");
      op(name, "optimizer", {gradients, trained}, std::move(writes));
    }
    if (adapts)
      op("lora_merge", "adapters", {trained, "lora_base"}, {"parameters", "lora_scratch"});
  }

  bool moves_by(UpdateRule rule) const {
    const std::vector<ParameterInfo> list = trained_list(recipe_, config_);
    return std::any_of(list.begin(), list.end(), [&](const ParameterInfo& info) {
      return update_rule(recipe_, info) == rule;
    });
  }
  static constexpr std::pair<UpdateRule, const char*> kUpdates[] = {
      {UpdateRule::adamw, "adamw_update"},
      {UpdateRule::muon, "muon_update"},
      {UpdateRule::sgd, "sgd_update"},
  };

  const Recipe recipe_;
  const ModelConfig config_;
  Phase phase_ = Phase::forward;
  std::vector<ScheduledOp> ops_;
};

}  // namespace

std::vector<ScheduledOp> schedule_step(const Recipe& recipe, const ModelConfig& config) {
  return Scheduler(recipe, config).step();
}

}  // namespace clearformer
