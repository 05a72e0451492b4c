// Fetches two files with one job, and shows how a job is cancelled.
//
//   download STORE URL1 PATH1 URL2 PATH2

#include <iostream>

#include <bgcopy.hpp>

namespace {

bool fetch(bgcopy::manager &manager, char **arguments)
{
    auto job = manager.create_job("two files");
    job.add_file(arguments[0], arguments[1]);
    job.add_file(arguments[2], arguments[3]);
    // These run on a thread of the library. Any call is legal in them, also Complete.
    job.on_transferred([](bgcopy::job &told) {
        std::cout << "transferred\n";
        told.complete();
    });
    job.on_error([](bgcopy::job &told, bgcopy::job_error &error) {
        std::cerr << "failed: " << error.description() << "\n";
        told.cancel();
    });
    job.resume();
    const auto state = job.wait({bgcopy::job_state::acknowledged, bgcopy::job_state::cancelled});
    return state == bgcopy::job_state::acknowledged;
}

void make_and_cancel(bgcopy::manager &manager)
{
    manager.create_job("not wanted").cancel();
    std::cout << "cancelled\n";
}

} // namespace

int main(int count, char **arguments)
{
    if (count != 6) {
        std::cerr << "usage: " << arguments[0] << " STORE URL1 PATH1 URL2 PATH2\n";
        return 2;
    }
    try {
        bgcopy::options options;
        options.store_path = arguments[1];
        auto manager = bgcopy::manager::open(options);
        if (!fetch(manager, arguments + 2)) {
            return 1;
        }
        make_and_cancel(manager);
        return 0;
    } catch (const bgcopy::error &error) {
        std::cerr << error.what() << "\n";
        return 1;
    }
}
