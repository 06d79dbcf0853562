// Writes the seeds that are made rather than written by hand: FOLDER/<target>/<name>, the same
// bytes each time. usage: fuzz_seeds FOLDER
#include <cstdio>
#include <filesystem>
#include <string>

#include "exchange/export_model.h"
#include "exchange/tokenizer_json.h"
#include "io/file.h"
#include "tests/fuzz/input.h"
#include "train/compact_model.h"
#include "train/trainer.h"

namespace clearformer {
namespace {

using Data = std::vector<std::uint8_t>;

constexpr const char* kText = "the hen sees the fox. the fox sees a hen. Zo\u00eb sees them.\n";

ThreadPool& pool() {
  static ThreadPool one(1);
  return one;
}

// The smallest run that has everything: a fuzzer changes short inputs best.
Recipe tiny_recipe(const char* changes) {
  Result<Recipe> changed = recipe_from_json(changes);
  CHECK(changed.ok());
  Recipe recipe = changed.value();
  recipe.n_layer = 1;
  recipe.n_head = 2;
  recipe.n_embd = 4;
  recipe.block_size = 3;
  recipe.batch_size = 2;
  recipe.steps = 4;
  recipe.warmup_steps = 1;
  recipe.eval_every = 2;
  recipe.eval_batches = 1;
  return recipe;
}

std::unique_ptr<Trainer> trained(const char* changes) {
  Result<std::unique_ptr<Trainer>> run =
      Trainer::create(tiny_recipe(changes), kText, {.pool = pool()});
  CHECK(run.ok());
  for (int step = 0; step < 2; ++step) CHECK(run.value()->step().ok());
  return std::move(run.value());
}

constexpr const char* kGpt2 = R"({"bias":true})";
constexpr const char* kLlama =
    R"({"norm":"rmsnorm","activation":"swiglu","position":"rotary","tied_head":false,"n_kv_head":1})";
constexpr const char* kLora = R"({"lora_rank":1,"optimizer":"muon","dropout":0.1})";

class Seeds {
 public:
  explicit Seeds(std::string folder) : folder_(std::move(folder)) {}

  void put(const char* target, const char* name, fuzz::Bytes bytes) const {
    const std::filesystem::path path = std::filesystem::path(folder_) / target / name;
    std::filesystem::create_directories(path.parent_path());
    CHECK(write_file_atomically(path, bytes).ok());
  }
  void put(const char* target, const char* name, std::string_view text) const {
    put(target, name, fuzz::bytes_of(text));
  }
  // Several files as one input.
  void put_parts(const char* target, const char* name, std::initializer_list<fuzz::Bytes> parts) {
    Data whole;
    for (const fuzz::Bytes part : parts) {
      if (!whole.empty()) whole.insert(whole.end(), fuzz::kBetween.begin(), fuzz::kBetween.end());
      whole.insert(whole.end(), part.begin(), part.end());
    }
    put(target, name, whole);
  }

 private:
  std::string folder_;
};

void put_runs(const Seeds& seeds) {
  const std::pair<const char*, const char*> all[] = {
      {"gpt2", kGpt2}, {"llama", kLlama}, {"lora", kLora}};
  for (const auto& [name, changes] : all) {
    const Data run = trained(changes)->save();
    seeds.put("safetensors", name, run);
    seeds.put("checkpoint", name, run);
  }
  const Result<Data> compact = pack_compact_model(*trained(kGpt2));
  CHECK(compact.ok());
  seeds.put("checkpoint", "compact", compact.value());
}

void put_models(Seeds& seeds) {
  for (const char* const changes : {kGpt2, kLlama}) {
    const char* const name = changes == kGpt2 ? "gpt2" : "llama";
    const Data run = trained(changes)->save();
    const Result<PortableModel> model = read_portable_model(run);
    CHECK(model.ok());
    const std::vector<NamedFile> files = to_hugging_face(model.value());
    seeds.put_parts("hugging_face", name, {files[1].bytes, files[2].bytes, files[0].bytes});
    if (changes == kGpt2) seeds.put("hugging_face", "nanogpt", to_nanogpt(model.value()));
    seeds.put("hugging_face", "run", run);
  }
}

void put_tokenizers(Seeds& seeds) {
  for (const char* const name : {"char", "byte", "bpe:260"}) {
    const Result<Tokenizer> tokenizer = make_tokenizer(name, kText);
    CHECK(tokenizer.ok());
    const std::string kind = tokenizer.value().kind();
    const std::string own = tokenizer.value().to_json();
    const std::string foreign = write_tokenizer_json(tokenizer.value());
    seeds.put_parts("tokenizer", kind.c_str(), {fuzz::bytes_of(own), fuzz::bytes_of(kText)});
    seeds.put_parts("tokenizer", (kind + "-tokenizer-json").c_str(),
                    {fuzz::bytes_of(foreign), fuzz::bytes_of(kText)});
  }
}

void put_texts(const Seeds& seeds) {
  for (const char* const changes : {kGpt2, kLlama, kLora})
    seeds.put("recipe",
              changes == kGpt2    ? "gpt2"
              : changes == kLlama ? "llama"
                                  : "lora",
              recipe_to_json(tiny_recipe(changes)));
  seeds.put("utf8", "text", kText);
  seeds.put("bpe", "text", std::string("\x10\x01") + kText);  // 272 tokens
  seeds.put("gguf", "text", kText);
}

}  // namespace
}  // namespace clearformer

int main(int count, char** arguments) {
  if (count != 2) {
    std::fputs("usage: fuzz_seeds FOLDER\n", stderr);
    return 2;
  }
  clearformer::Seeds seeds(arguments[1]);
  clearformer::put_runs(seeds);
  clearformer::put_models(seeds);
  clearformer::put_tokenizers(seeds);
  clearformer::put_texts(seeds);
  return 0;
}
