#pragma once

#include <string>

#include "cli/events.h"
#include "train/trainer.h"

namespace clearformer::cli {

// How train ends where a number was not finite.
inline constexpr int kDiverged = 3;

// Tells that a step was skipped, and how many have been.
void report_skipped(const Events& events, const Trainer& trainer);

// Tells what stopped the run, and the steps that led there.
void report_divergence(const Events& events, const Trainer& trainer);

// What happened and what to do, in a line; `out` is where the run was saved.
std::string divergence_line(const Trainer& trainer, const std::string& out);

}  // namespace clearformer::cli
