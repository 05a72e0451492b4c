// Sends files, each with a job of its own.
//
//   upload STORE URL PATH [URL PATH ...]

#include <iostream>

#include <bgcopy.hpp>

namespace {

// Sees one upload to its end. A job that failed is given up: the server is told
// to forget what it has of the file.
bool finish(bgcopy::job &job)
{
    const auto state = job.wait({bgcopy::job_state::transferred, bgcopy::job_state::error});
    const auto path = job.file(0).local_name();
    if (state == bgcopy::job_state::error) {
        const auto reason = job.wait_reason();
        std::cerr << path << ": " << reason.message() << "; " << reason.unblock() << "\n";
        job.cancel();
        return false;
    }
    std::cout << "sent " << path << "\n";
    job.complete();
    return true;
}

bool send_all(bgcopy::manager &manager, const std::vector<bgcopy::file_info> &files)
{
    auto jobs = manager.create_uploads(files);
    for (auto &job : jobs) {
        job.resume();
    }
    // They are sent at the same time, whichever is waited for.
    bool done = true;
    for (auto &job : jobs) {
        done = finish(job) && done;
    }
    return done;
}

} // namespace

int main(int count, char **arguments)
{
    if (count < 4 || count % 2 != 0) {
        std::cerr << "usage: " << arguments[0] << " STORE URL PATH [URL PATH ...]\n";
        return 2;
    }
    try {
        bgcopy::options options;
        options.store_path = arguments[1];
        std::vector<bgcopy::file_info> files;
        for (int index = 2; index < count; index += 2) {
            files.push_back({arguments[index], arguments[index + 1]});
        }
        auto manager = bgcopy::manager::open(options);
        return send_all(manager, files) ? 0 : 1;
    } catch (const bgcopy::error &error) {
        std::cerr << error.what() << "\n";
        return 1;
    }
}
