// A file that is read while it is downloaded.

#ifndef BGCOPY_FILE_READER_HPP
#define BGCOPY_FILE_READER_HPP

#include <cstddef>
#include <cstdint>
#include <ios>
#include <limits>
#include <optional>
#include <streambuf>
#include <utility>
#include <vector>

#include <bgcopy/detail.hpp>
#include <bgcopy/interrupt.hpp>

namespace bgcopy {

/// Reads a download while it is under way or afterwards: made by file::open_reader.
/// Any thread may use it; its calls take turns.
class file_reader : public detail::handle<bgcopy_file_reader, bgcopy_file_reader_close> {
public:
    using handle::handle;

    /// Reads up to so many bytes, and waits until there is one: 0 at the end of the file.
    /// No timeout is for ever.
    std::size_t read(void *bytes, std::size_t length,
                     std::optional<std::chrono::milliseconds> timeout, std::error_code &failure)
    {
        std::uint32_t count = 0;
        detail::check(bgcopy_file_reader_read(raw_, static_cast<std::uint8_t *>(bytes),
                                              most(length), detail::timeout_of(timeout), &count),
                      failure);
        return count;
    }
    std::size_t read(void *bytes, std::size_t length,
                     std::optional<std::chrono::milliseconds> timeout = std::nullopt)
    {
        return detail::must(
            [&](std::error_code &failure) { return read(bytes, length, timeout, failure); });
    }

    /// The same; BGCOPY_E_ABORT when it is interrupted.
    std::size_t read(void *bytes, std::size_t length,
                     std::optional<std::chrono::milliseconds> timeout, const interrupt &ends,
                     std::error_code &failure)
    {
        std::uint32_t count = 0;
        detail::check(bgcopy_file_reader_read_interruptible(
                          raw_, static_cast<std::uint8_t *>(bytes), most(length),
                          detail::timeout_of(timeout), ends.get(), &count),
                      failure);
        return count;
    }
    std::size_t read(void *bytes, std::size_t length,
                     std::optional<std::chrono::milliseconds> timeout, const interrupt &ends)
    {
        return detail::must(
            [&](std::error_code &failure) { return read(bytes, length, timeout, ends, failure); });
    }

#ifdef __cpp_lib_jthread
    /// The same with what C++20 stops threads with.
    std::size_t read(void *bytes, std::size_t length,
                     std::optional<std::chrono::milliseconds> timeout,
                     const std::stop_token &token, std::error_code &failure)
    {
        return detail::stoppable(token, failure, [&](const interrupt &ends) {
            return read(bytes, length, timeout, ends, failure);
        });
    }
    std::size_t read(void *bytes, std::size_t length,
                     std::optional<std::chrono::milliseconds> timeout,
                     const std::stop_token &token)
    {
        return detail::must([&](std::error_code &failure) {
            return read(bytes, length, timeout, token, failure);
        });
    }
#endif

    /// Moves the position, which may be behind the end, and says where it is.
    std::uint64_t seek(std::int64_t offset, std::ios_base::seekdir origin,
                       std::error_code &failure)
    {
        const std::uint32_t from = origin == std::ios_base::beg ? 0u
                                   : origin == std::ios_base::cur ? 1u
                                   : origin == std::ios_base::end ? 2u
                                                                  : 3u;
        std::uint64_t found = 0;
        detail::check(bgcopy_file_reader_seek(raw_, offset, from, &found), failure);
        return found;
    }
    std::uint64_t seek(std::int64_t offset, std::ios_base::seekdir origin = std::ios_base::beg)
    {
        return detail::must(
            [&](std::error_code &failure) { return seek(offset, origin, failure); });
    }

    /// Where the next read begins.
    std::uint64_t position(std::error_code &failure) const
    {
        return value<std::uint64_t>(bgcopy_file_reader_get_position, failure);
    }
    BGCOPY_DETAIL_THROWING(position)

    /// Bytes that the whole file will have; nothing until the server tells.
    std::optional<std::uint64_t> size(std::error_code &failure) const
    {
        const auto found = value<std::uint64_t>(bgcopy_file_reader_get_size, failure);
        return failure || found == BGCOPY_SIZE_UNKNOWN ? std::nullopt
                                                       : std::optional<std::uint64_t>(found);
    }
    BGCOPY_DETAIL_THROWING(size)

    /// True once the whole file is here, has the expected hash, and is safe.
    bool is_verified(std::error_code &failure) const
    {
        return value<std::uint32_t>(bgcopy_file_reader_is_verified, failure) != 0;
    }
    BGCOPY_DETAIL_THROWING(is_verified)

private:
    static std::uint32_t most(std::size_t length)
    {
        const std::size_t longest = std::numeric_limits<std::uint32_t>::max();
        return static_cast<std::uint32_t>(length < longest ? length : longest);
    }
};

/// What a std::istream reads a download through. A failure sets the stream's badbit, and is
/// kept; the end of the file sets its eofbit alone.
class file_reader_buffer : public std::streambuf {
public:
    explicit file_reader_buffer(file_reader reader,
                                std::optional<std::chrono::milliseconds> timeout = std::nullopt)
        : reader_(std::move(reader)), timeout_(timeout), bytes_(64 * 1024)
    {
    }

    const file_reader &reader() const noexcept { return reader_; }

    /// What the last read or seek that failed did so of.
    std::error_code failure() const noexcept { return failure_; }

protected:
    int_type underflow() override
    {
        const auto count = reader_.read(bytes_.data(), bytes_.size(), timeout_, failure_);
        if (failure_) {
            // A stream knows that something failed by what it catches.
            detail::raise(failure_);
        }
        setg(bytes_.data(), bytes_.data(), bytes_.data() + count);
        return count == 0 ? traits_type::eof() : traits_type::to_int_type(bytes_.front());
    }

    pos_type seekoff(off_type offset, std::ios_base::seekdir origin,
                     std::ios_base::openmode) override
    {
        // The reader is ahead of the stream by what is in the buffer.
        const auto ahead = origin == std::ios_base::cur ? egptr() - gptr() : 0;
        const auto found = reader_.seek(offset - ahead, origin, failure_);
        if (failure_) {
            return pos_type(off_type(-1));
        }
        setg(bytes_.data(), bytes_.data(), bytes_.data());
        return pos_type(static_cast<off_type>(found));
    }

    pos_type seekpos(pos_type position, std::ios_base::openmode mode) override
    {
        return seekoff(off_type(position), std::ios_base::beg, mode);
    }

private:
    file_reader reader_;
    std::optional<std::chrono::milliseconds> timeout_;
    std::vector<char> bytes_;
    std::error_code failure_;
};

} // namespace bgcopy

#endif
