/* Loads the library at run time, opens and closes a queue a thousand times,
 * and looks at what is left of threads, descriptors and memory. */
#include <dirent.h>
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif

#include <bgcopy.h>

#define WARM_UP 100
#define ROUNDS 900

/* Less than a page for each hundred rounds: what is left is no leak. */
#define GROWTH_MAX_KB 512

typedef bgcopy_hresult (*open_function)(const bgcopy_options *, bgcopy_manager **);
typedef bgcopy_hresult (*fd_function)(bgcopy_manager *, int32_t *);
typedef bgcopy_hresult (*close_function)(bgcopy_manager *);

static void fail(const char *text)
{
    fprintf(stderr, "%s\n", text);
    exit(1);
}

static int entries(const char *path)
{
    int count = 0;
    DIR *folder = opendir(path);
    if (folder == NULL) {
        fail(path);
    }
    while (readdir(folder) != NULL) {
        count++;
    }
    closedir(folder);
    return count;
}

static long resident_kb(void)
{
    char line[256];
    long kb = -1;
#ifdef __GLIBC__
    /* What is free and kept for later says nothing. */
    malloc_trim(0);
#endif
    FILE *status = fopen("/proc/self/status", "r");
    while (status != NULL && fgets(line, sizeof line, status) != NULL) {
        if (strncmp(line, "RssAnon:", 8) == 0) {
            kb = strtol(line + 8, NULL, 10);
        }
    }
    if (status != NULL) {
        fclose(status);
    }
    return kb;
}

static void *symbol(void *library, const char *name)
{
    void *found = dlsym(library, name);
    if (found == NULL) {
        fail(dlerror());
    }
    return found;
}

static void round_trip(const char *path, const char *store)
{
    /* POSIX gives functions as pointers to objects; C does not convert them. */
    open_function open_manager;
    fd_function event_fd;
    close_function close_manager;
    void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    bgcopy_options options = {0};
    bgcopy_manager *manager = NULL;
    int32_t fd;
    if (library == NULL) {
        fail(dlerror());
    }
    *(void **)&open_manager = symbol(library, "bgcopy_manager_open");
    *(void **)&event_fd = symbol(library, "bgcopy_manager_event_fd");
    *(void **)&close_manager = symbol(library, "bgcopy_manager_close");
    options.size = sizeof options;
    options.store_path = store;
    if (BGCOPY_FAILED(open_manager(&options, &manager)) || BGCOPY_FAILED(event_fd(manager, &fd)) ||
        BGCOPY_FAILED(close_manager(manager))) {
        fail("a queue cannot be opened and closed");
    }
    dlclose(library);
}

int main(int count, char **arguments)
{
    if (count != 3) {
        fail("usage: dlopen LIBRARY STORE");
    }
    for (int index = 0; index < WARM_UP; index++) {
        round_trip(arguments[1], arguments[2]);
    }
    int descriptors = entries("/proc/self/fd");
    long memory = resident_kb();
    for (int index = 0; index < ROUNDS; index++) {
        round_trip(arguments[1], arguments[2]);
    }
    long grown = resident_kb() - memory;
    printf("%ld kB more after %d rounds\n", grown, ROUNDS);
    if (entries("/proc/self/fd") != descriptors) {
        fail("descriptors are left open");
    }
    /* "." and ".." and this one. */
    if (entries("/proc/self/task") != 3) {
        fail("threads are left");
    }
    if (grown > GROWTH_MAX_KB) {
        fail("memory is left");
    }
    return 0;
}
