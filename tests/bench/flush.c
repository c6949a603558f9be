/* A disk that takes 2 ms to flush, for a program on a file system that takes none. Loaded by LD_PRELOAD. */
#include <time.h>

static int flush(void) {
    struct timespec left = {0, 2000000};
    /* A signal ends the wait early, and no flush. */
    while (nanosleep(&left, &left) != 0) {}
    return 0;
}

int fsync(int file) { (void)file; return flush(); }
int fdatasync(int file) { (void)file; return flush(); }
