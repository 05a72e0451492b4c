// A program that is compiled without exceptions. What throws is not called.
#include "check.hpp"

namespace {

void download()
{
    tally done;
    std::error_code code;
    auto manager = open_store();
    auto job = manager.create_job("one file", bgcopy::job_type::download, code);
    assert(!code);
    job.resume(code);
    assert(code == bgcopy::make_code(BGCOPY_DO_E_JOB_EMPTY));
    job.add_file(url_of("one"), path_of("one"), code);
    job.on_transferred(
        [&done](bgcopy::job &told) {
            std::error_code within;
            assert(told.complete(within) == BGCOPY_S_OK && !within);
            done.add();
        },
        code);
    assert(!code);
    job.resume(code);
    assert(!code);
    done.wait(1);
    assert(job.state(code) == bgcopy::job_state::acknowledged);
}

} // namespace

int main(int count, char **arguments)
{
    return run_scenario(count, arguments, {{"download", download}});
}
