// How a job reaches its servers; part of bgcopy::job.

#ifndef BGCOPY_JOB_TRANSPORT_HPP
#define BGCOPY_JOB_TRANSPORT_HPP

#include <optional>
#include <string>
#include <string_view>

#include <bgcopy/job_settings.hpp>

namespace bgcopy::detail {

class job_transport : public job_settings {
public:
    using job_settings::job_settings;

    std::optional<std::string> custom_headers(std::error_code &failure) const
    {
        return optional_text(bgcopy_job_get_custom_headers, failure);
    }
    BGCOPY_DETAIL_THROWING(custom_headers)

    /// No headers clears them.
    void set_custom_headers(const std::optional<std::string> &headers, std::error_code &failure)
    {
        const char *lines = headers ? headers->c_str() : nullptr;
        detail::check(bgcopy_job_set_custom_headers(raw_, lines), failure);
    }
    void set_custom_headers(const std::optional<std::string> &headers)
    {
        detail::must([&](std::error_code &failure) { set_custom_headers(headers, failure); });
    }

    void set_credentials(bgcopy_auth_target target, bgcopy_auth_scheme scheme,
                         std::string_view user_name, std::string_view password,
                         std::error_code &failure)
    {
        const std::string user(user_name), secret(password);
        detail::check(bgcopy_job_set_credentials(raw_, static_cast<std::uint32_t>(target),
                                                 static_cast<std::uint32_t>(scheme), user.c_str(),
                                                 secret.c_str()),
                      failure);
    }
    void set_credentials(bgcopy_auth_target target, bgcopy_auth_scheme scheme,
                         std::string_view user_name, std::string_view password)
    {
        detail::must([&](std::error_code &failure) {
            set_credentials(target, scheme, user_name, password, failure);
        });
    }
};

} // namespace bgcopy::detail

#endif
