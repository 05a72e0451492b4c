// One-shot transfers: files in, files in their places.

#ifndef BGCOPY_ONESHOT_HPP
#define BGCOPY_ONESHOT_HPP

#include <functional>
#include <system_error>
#include <vector>

#include <bgcopy/manager.hpp>

namespace bgcopy {

using transfer_options = bgcopy_transfer_options;

/// Gets how far it is, ten times a second and at the end, by the calling thread. False ends
/// the call with E_ABORT. It must not throw.
using progress_function = std::function<bool(const job_progress &)>;

namespace detail {

inline hresult report_progress(const job_progress *progress, void *user)
{
    return (*static_cast<const progress_function *>(user))(*progress) ? BGCOPY_S_OK : BGCOPY_E_ABORT;
}

template <typename Call>
std::vector<hresult> transfer(Call call, const manager &queue, const std::vector<file_spec> &files,
                              const transfer_options *options,
                              const progress_function &progress, std::error_code &failure)
{
    const auto raw = specs(files);
    std::vector<hresult> codes(raw.size(), BGCOPY_S_FALSE);
    progress_function function = progress;
    check(call(queue.get(), count_of(raw), raw.data(), options, nullptr,
               function ? &report_progress : nullptr, &function, codes.data()),
          failure);
    return codes;
}

} // namespace detail

/// Downloads files as one job and puts them in place; what became of each is in the order of the
/// files. As bgcopy_download; no options are the defaults.
inline std::vector<hresult> download(const manager &queue, const std::vector<file_spec> &files,
                                     const transfer_options *options,
                                     const progress_function &progress, std::error_code &failure)
{
    return detail::transfer(bgcopy_download, queue, files, options, progress, failure);
}
inline std::vector<hresult> download(const manager &queue, const std::vector<file_spec> &files,
                                     const transfer_options *options = nullptr,
                                     const progress_function &progress = nullptr)
{
    return detail::must([&](std::error_code &failure) {
        return download(queue, files, options, progress, failure);
    });
}

/// Sends files, a job for each: else as download. As bgcopy_upload.
inline std::vector<hresult> upload(const manager &queue, const std::vector<file_spec> &files,
                                   const transfer_options *options,
                                   const progress_function &progress, std::error_code &failure)
{
    return detail::transfer(bgcopy_upload, queue, files, options, progress, failure);
}
inline std::vector<hresult> upload(const manager &queue, const std::vector<file_spec> &files,
                                   const transfer_options *options = nullptr,
                                   const progress_function &progress = nullptr)
{
    return detail::must([&](std::error_code &failure) {
        return upload(queue, files, options, progress, failure);
    });
}

} // namespace bgcopy

#endif
