#pragma once

#include <string>

#include "exchange/portable_model.h"

namespace clearformer {

// README.md of a Hugging Face folder: what the model is, how it was trained, how to use it.
std::string model_card(const PortableModel& model);

}  // namespace clearformer
