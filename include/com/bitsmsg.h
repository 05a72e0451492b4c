/* What Windows has in a header of its own is in bits.h here. */
#include "bits.h"
