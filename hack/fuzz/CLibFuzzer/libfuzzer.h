// libFuzzer used as a library (https://llvm.org/docs/LibFuzzer.html#using-libfuzzer-as-a-library). It comes with the Swift
// toolchain, which has no header for it. Linked only by `hack/fuzz/fuzz --libfuzzer`.
#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerRunDriver(int *argc, char ***argv, int (*callback)(const uint8_t *data, size_t size));
