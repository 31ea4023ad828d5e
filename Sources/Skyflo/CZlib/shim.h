// Without this, zlib.h includes headers whose types would then belong to this module.
#define Z_SOLO
#include <zlib.h>
