#pragma once

#include "reference/sampled.h"

namespace clearformer::test {

using reference::kDoubleUnit;
using reference::kFloatUnit;
using reference::Sampled;

}  // namespace clearformer::test
