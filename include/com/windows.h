/* As far as programs of BITS need it. */
#include "bgcopy_com.h"
