/* What a library owes the process it is in: fork, signals, locale, dlopen. */
#include <dirent.h>
#include <locale.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"

static void child_of_fork(bgcopy_manager *manager, bgcopy_job *job)
{
    uint32_t state = 99;
    EXPECT(BGCOPY_E_HANDLE, bgcopy_job_get_state(job, &state));
    EXPECT(BGCOPY_E_HANDLE, bgcopy_job_close(job));
    EXPECT(BGCOPY_E_HANDLE, bgcopy_manager_close(manager));
    bgcopy_manager *own = open_store("other");
    bgcopy_job *its = job_of(own, "two");
    OK(bgcopy_job_resume(its));
    wait_for(its, BGCOPY_JOB_STATE_TRANSFERRED);
    OK(bgcopy_job_complete(its));
    EXPECT(BGCOPY_E_HANDLE, bgcopy_job_get_state(job, &state));
    OK(bgcopy_job_close(its));
    OK(bgcopy_manager_close(own));
}

static void forked(void)
{
    int to_child[2], status = 1;
    char byte;
    bgcopy_manager *manager = open_store("store");
    bgcopy_job *job = job_of(manager, "gated");
    OK(bgcopy_job_resume(job));
    wait_for(job, BGCOPY_JOB_STATE_TRANSFERRING);
    CHECK(pipe(to_child) == 0);
    pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        close(to_child[1]);
        child_of_fork(manager, job);
        /* Stays until the parent has opened its store again. */
        CHECK(read(to_child[0], &byte, 1) == 0);
        _exit(0);
    }
    close(to_child[0]);
    CHECK(state_of(job) == BGCOPY_JOB_STATE_TRANSFERRING);
    OK(bgcopy_manager_close(manager));
    OK(bgcopy_job_close(job));
    manager = open_store("store");
    bgcopy_enum_jobs *jobs;
    OK(bgcopy_manager_enum_jobs(manager, &jobs));
    OK(bgcopy_enum_jobs_next(jobs, 1, &job, NULL));
    OK(bgcopy_job_cancel(job));
    OK(bgcopy_job_close(job));
    OK(bgcopy_enum_jobs_close(jobs));
    OK(bgcopy_manager_close(manager));
    close(to_child[1]);
    CHECK(waitpid(child, &status, 0) == child);
    CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

static void signals_and_locale(void)
{
    struct sigaction before[65], after;
    char locale[64];
    snprintf(locale, sizeof locale, "%s", setlocale(LC_ALL, NULL));
    for (int number = 1; number < 65; number++) {
        memset(&before[number], 0, sizeof before[number]);
        sigaction(number, NULL, &before[number]);
    }
    bgcopy_manager *manager = open_store("store");
    bgcopy_job *job = job_of(manager, "one");
    OK(bgcopy_job_resume(job));
    wait_for(job, BGCOPY_JOB_STATE_TRANSFERRED);
    OK(bgcopy_job_complete(job));
    for (int number = 1; number < 65; number++) {
        memset(&after, 0, sizeof after);
        sigaction(number, NULL, &after);
        CHECK(after.sa_handler == before[number].sa_handler);
        CHECK(after.sa_flags == before[number].sa_flags);
    }
    CHECK(strcmp(locale, setlocale(LC_ALL, NULL)) == 0);
    OK(bgcopy_job_close(job));
    OK(bgcopy_manager_close(manager));
}

int main(int count, char **arguments)
{
    const scenario scenarios[] = {
        {"forked", forked},
        {"signals_and_locale", signals_and_locale},
        {NULL, NULL},
    };
    return run_scenario(count, arguments, scenarios);
}
