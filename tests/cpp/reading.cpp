// Files that are read while they are downloaded, in C++.
#include <fstream>
#include <iterator>
#include <thread>

#include "check.hpp"

namespace {

constexpr std::uint64_t length = 1'500'007;

std::string in_place(const std::string &name)
{
    std::ifstream file(path_of(name), std::ios::binary);
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

void while_it_downloads()
{
    auto manager = open_store();
    auto job = manager.create_job("read");
    job.add_file(url_of("one"), path_of("one"));
    auto reader = job.file(0).open_reader();
    assert(reader.position() == 0 && !reader.size() && !reader.is_verified());
    job.resume();
    std::string all;
    char bytes[70001];
    while (const auto count = reader.read(bytes, sizeof bytes, patience)) {
        all.append(bytes, count);
    }
    assert(reader.position() == length && reader.size() == length);
    job.wait({bgcopy::job_state::transferred}, patience);
    assert(reader.is_verified());
    job.complete();
    assert(all.size() == length && all == in_place("one"));
    assert(reader.seek(-7, std::ios_base::end) == length - 7);
    assert(reader.seek(-3, std::ios_base::cur) == length - 10);
    assert(reader.read(bytes, 20) == 10 && std::memcmp(bytes, &all[length - 10], 10) == 0);
    std::error_code failure;
    reader.seek(-1, std::ios_base::beg, failure);
    assert(failure.value() == BGCOPY_E_INVALIDARG);
}

/// A std::istream over it.
void stream()
{
    auto manager = open_store();
    auto job = manager.create_job("streamed");
    job.add_file(url_of("one"), path_of("one"));
    job.resume();
    bgcopy::file_reader_buffer buffer(job.file(0).open_reader(), patience);
    std::istream stream(&buffer);
    const std::string all{std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
    assert(stream && !buffer.failure() && all.size() == length);
    job.wait({bgcopy::job_state::transferred}, patience);
    assert(buffer.reader().is_verified());
    job.complete();
    assert(all == in_place("one"));
    stream.seekg(1000);
    char bytes[10];
    stream.read(bytes, sizeof bytes);
    assert(stream.tellg() == std::streampos(1010) && all.compare(1000, 10, bytes, 10) == 0);
    stream.seekg(-5, std::ios_base::cur);
    assert(stream.get() == static_cast<unsigned char>(all[1005]));
    stream.seekg(0, std::ios_base::end);
    assert(stream.get() == std::istream::traits_type::eof() && stream.eof() && !stream.bad());

    auto missing = manager.create_job("missing");
    missing.add_file(url_of("missing"), path_of("missing"));
    missing.resume();
    bgcopy::file_reader_buffer nothing(missing.file(0).open_reader(), patience);
    std::istream of_nothing(&nothing);
    assert(of_nothing.get() == std::istream::traits_type::eof() && of_nothing.bad());
    assert(nothing.failure().value() == BGCOPY_BG_E_HTTP_ERROR_404);
    missing.cancel();
}

/// Nothing but requested ranges is downloaded.
void on_demand()
{
    auto manager = open_store();
    auto job = manager.create_job("on demand");
    job.set_property<bgcopy::job_property_id::on_demand_mode>(true);
    job.add_file(url_of("one"), path_of("one"));
    auto file = job.file(0);
    file.request_ranges({{1'000'000, 10}, {5, 10}});
    job.resume();
    assert(job.wait({bgcopy::job_state::suspended}, patience) == bgcopy::job_state::suspended);
    const auto here = file.filled_ranges();
    assert(here.size() == 2 && here[0].initial_offset == 5 && here[1].length == 10);
    std::error_code code;
    file.request_ranges({{length, 1}}, code);
    assert(code.value() == BGCOPY_BG_E_INVALID_RANGE);
    file.request_ranges({}, code);
    assert(code.value() == BGCOPY_E_INVALIDARG);
    job.cancel();
}

/// Reads that are under way end, and those that begin later.
void interrupted()
{
    auto manager = open_store();
    auto job = manager.create_job("waits");
    job.add_file(url_of("gated"), path_of("gated"));
    job.resume();
    auto file = job.file(0);
    auto reader = file.open_reader();
    char byte = 0;
    const auto ends = bgcopy::interrupt::create();
    assert(reader.read(&byte, 1, std::nullopt, ends) == 1);
    file.update_download_position(10);
    std::error_code code;
    file.update_download_position(length, code);
    assert(code.value() == BGCOPY_BG_E_INVALID_RANGE);
    reader.seek(-1, std::ios_base::end);
    reader.read(&byte, 1, 1ms, code);
    assert(code.value() == BGCOPY_E_TIMEOUT);
    const auto wait = [&] {
        std::error_code end;
        reader.read(&byte, 1, std::nullopt, ends, end);
        assert(end.value() == BGCOPY_E_ABORT);
    };
    std::thread waits(wait);
    assert(!manager.next_event(50ms));
    ends.raise();
    waits.join();
    wait();
#ifdef __cpp_lib_jthread
    tally begun;
    std::jthread stopped([&](const std::stop_token &token) {
        begun.add();
        std::error_code end;
        reader.read(&byte, 1, std::nullopt, token, end);
        assert(end.value() == BGCOPY_E_ABORT);
    });
    begun.wait(1);
    stopped.request_stop();
    stopped.join();
#endif
    job.cancel();
}

} // namespace

int main(int count, char **arguments)
{
    return run_scenario(count, arguments,
                     {
                         {"while_it_downloads", while_it_downloads},
                         {"stream", stream},
                         {"on_demand", on_demand},
                         {"interrupted", interrupted},
                     });
}
