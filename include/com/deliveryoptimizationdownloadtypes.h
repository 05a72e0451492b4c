/* Part of deliveryoptimization.h. */
#include "deliveryoptimization.h"
