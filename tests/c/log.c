/* The log callback. */
#include "check.h"

static tally errors = TALLY;
static tally steps = TALLY;
static tally destroyed = TALLY;

static void told(uint32_t level, const char *line, void *user)
{
    CHECK(user == &errors);
    CHECK(strncmp(line, "job ", 4) == 0);
    if (level == BGCOPY_LOG_LEVEL_ERROR) {
        CHECK(strstr(line, "404") != NULL);
        tally_add(&errors);
    } else {
        CHECK(level <= BGCOPY_LOG_LEVEL_INFO);
        tally_add(&steps);
    }
}

static void destroy(void *user)
{
    CHECK(user == &errors);
    tally_add(&destroyed);
}

static void levels(void)
{
    bgcopy_manager *manager = open_store("store");
    bgcopy_job *job = job_of(manager, "missing");
    EXPECT(BGCOPY_E_INVALIDARG, bgcopy_set_log_callback(0, told, &errors, destroy));
    EXPECT(BGCOPY_E_INVALIDARG, bgcopy_set_log_callback(5, NULL, NULL, NULL));
    OK(bgcopy_set_log_callback(BGCOPY_LOG_LEVEL_DEBUG, told, &errors, destroy));
    OK(bgcopy_set_log_callback(BGCOPY_LOG_LEVEL_INFO, told, &errors, destroy));
    tally_wait(&destroyed, 1);
    OK(bgcopy_job_resume(job));
    tally_wait(&errors, 1);
    OK(bgcopy_job_cancel(job));
    tally_wait(&steps, 1);
    OK(bgcopy_job_close(job));
    OK(bgcopy_manager_close(manager));
    OK(bgcopy_set_log_callback(BGCOPY_LOG_LEVEL_INFO, NULL, NULL, NULL));
    CHECK(tally_now(&destroyed) == 2);
}

int main(int count, char **arguments)
{
    const scenario scenarios[] = {{"levels", levels}, {NULL, NULL}};
    return run_scenario(count, arguments, scenarios);
}
