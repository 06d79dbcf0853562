#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "base/result.h"
#include "train/trainer.h"

namespace clearformer {

// A run as a file, to be trained further without the run hearing of it. What this machine cannot
// fuse is computed in strict arithmetic: the same step, but for rounding. Errors as
// Trainer::load's.

// As it is. One more step is always left: where its schedule is done, the one that it would go on
// with. `text` is for a model that came without one.
Result<std::unique_ptr<Trainer>> copy_run(std::span<const std::uint8_t> run, ThreadPool& pool,
                                          std::string text = {});

// From its beginning, with nothing remembered of any step, for `steps` steps at rates that are set
// one by one (Trainer::change_schedule). A run that began with a model, which its recipe does not
// make, begins with it as it is now.
Result<std::unique_ptr<Trainer>> begin_again(std::span<const std::uint8_t> run, int steps,
                                             ThreadPool& pool, std::string text = {});

}  // namespace clearformer
