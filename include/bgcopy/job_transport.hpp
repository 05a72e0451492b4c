// How a job reaches its servers; part of bgcopy::job.

#ifndef BGCOPY_JOB_TRANSPORT_HPP
#define BGCOPY_JOB_TRANSPORT_HPP

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <bgcopy/job_properties.hpp>

namespace bgcopy::detail {

class job_transport : public job_properties {
public:
    using job_properties::job_properties;

    std::optional<std::string> custom_headers(std::error_code &failure) const
    {
        return optional_text(bgcopy_job_get_custom_headers, failure);
    }
    BGCOPY_DETAIL_THROWING(custom_headers)

    /// No headers clears them.
    void set_custom_headers(const std::optional<std::string> &headers, std::error_code &failure)
    {
        detail::check(bgcopy_job_set_custom_headers(raw_, c_str(headers)), failure);
    }
    void set_custom_headers(const std::optional<std::string> &headers)
    {
        detail::must([&](std::error_code &failure) { set_custom_headers(headers, failure); });
    }

    /// Hides the custom headers, those that are set and those that will be, from every
    /// caller: they are sent, and can be set, but no longer read. This cannot be undone.
    void make_custom_headers_write_only(std::error_code &failure)
    {
        detail::check(bgcopy_job_make_custom_headers_write_only(raw_), failure);
    }
    void make_custom_headers_write_only()
    {
        detail::must([&](std::error_code &failure) { make_custom_headers_write_only(failure); });
    }

    /// That of a download.
    std::string http_method(std::error_code &failure) const
    {
        return text(bgcopy_job_get_http_method, failure);
    }
    BGCOPY_DETAIL_THROWING(http_method)

    /// Of a download that was never resumed. With any other method than GET each file is
    /// requested once, from its first byte, and every failure is final until Resume.
    void set_http_method(const std::string &method, std::error_code &failure)
    {
        detail::check(bgcopy_job_set_http_method(raw_, method.c_str()), failure);
    }
    void set_http_method(const std::string &method)
    {
        detail::must([&](std::error_code &failure) { set_http_method(method, failure); });
    }

    bgcopy::proxy_settings proxy_settings(std::error_code &failure) const
    {
        std::uint32_t usage = 0;
        char *list = nullptr;
        char *bypass = nullptr;
        detail::check(bgcopy_job_get_proxy_settings(raw_, &usage, &list, &bypass), failure);
        return {static_cast<proxy_usage>(usage), optional_of(list), optional_of(bypass)};
    }
    BGCOPY_DETAIL_THROWING(proxy_settings)

    void set_proxy_settings(const bgcopy::proxy_settings &proxy, std::error_code &failure)
    {
        detail::check(bgcopy_job_set_proxy_settings(raw_, static_cast<std::uint32_t>(proxy.usage),
                                                    c_str(proxy.list), c_str(proxy.bypass)),
                      failure);
    }
    void set_proxy_settings(const bgcopy::proxy_settings &proxy)
    {
        detail::must([&](std::error_code &failure) { set_proxy_settings(proxy, failure); });
    }

    /// One pair for each target and scheme. They are kept in memory only, by this
    /// process and by the one that hosts the queue: once both have ended the job
    /// waits with wait_kind::credentials_needed until they are set again. For an
    /// upload to S3 they are the access key and the secret key, which sign and are
    /// never sent. With NTLM and NEGOTIATE both must be empty: these are the user's
    /// own, which are stored with the job and used where libcurl can. With BEARER the
    /// name is empty and the password is a token, for a server only. A name has at most
    /// 300 characters, a password 65,536.
    void set_credentials(auth_target target, auth_scheme scheme, std::string_view user_name,
                         std::string_view password, std::error_code &failure)
    {
        const std::string user(user_name), secret(password);
        detail::check(bgcopy_job_set_credentials(raw_, static_cast<std::uint32_t>(target),
                                                 static_cast<std::uint32_t>(scheme), user.c_str(),
                                                 secret.c_str()),
                      failure);
    }
    void set_credentials(auth_target target, auth_scheme scheme, std::string_view user_name,
                         std::string_view password)
    {
        detail::must([&](std::error_code &failure) {
            set_credentials(target, scheme, user_name, password, failure);
        });
    }

    /// Answers BGCOPY_S_FALSE if none were set for that pair.
    hresult remove_credentials(auth_target target, auth_scheme scheme, std::error_code &failure)
    {
        return call_code(bgcopy_job_remove_credentials(raw_, static_cast<std::uint32_t>(target),
                                                       static_cast<std::uint32_t>(scheme)),
                         failure);
    }
    hresult remove_credentials(auth_target target, auth_scheme scheme)
    {
        return detail::must([&](std::error_code &failure) {
            return remove_credentials(target, scheme, failure);
        });
    }

    std::optional<bgcopy::client_certificate> client_certificate(std::error_code &failure) const
    {
        char *certificate = nullptr;
        char *key = nullptr;
        const auto code = bgcopy_job_get_client_certificate(raw_, &certificate, &key);
        bgcopy::client_certificate found{taken(certificate), optional_of(key)};
        if (!call_some(code, failure)) {
            return std::nullopt;
        }
        return found;
    }
    BGCOPY_DETAIL_THROWING(client_certificate)

    void set_client_certificate(const bgcopy::client_certificate &given, std::error_code &failure)
    {
        detail::check(bgcopy_job_set_client_certificate(raw_, given.certificate.c_str(),
                                                        c_str(given.key)),
                      failure);
    }
    void set_client_certificate(const bgcopy::client_certificate &given)
    {
        detail::must([&](std::error_code &failure) { set_client_certificate(given, failure); });
    }

    void remove_client_certificate(std::error_code &failure)
    {
        detail::check(bgcopy_job_remove_client_certificate(raw_), failure);
    }
    void remove_client_certificate()
    {
        detail::must([this](std::error_code &failure) { remove_client_certificate(failure); });
    }

    /// Answers BGCOPY_S_FALSE if no remote name begins like that.
    hresult replace_remote_prefix(std::string_view old_prefix, std::string_view new_prefix,
                                  std::error_code &failure)
    {
        const std::string from(old_prefix), to(new_prefix);
        return call_code(bgcopy_job_replace_remote_prefix(raw_, from.c_str(), to.c_str()),
                         failure);
    }
    hresult replace_remote_prefix(std::string_view old_prefix, std::string_view new_prefix)
    {
        return detail::must([&](std::error_code &failure) {
            return replace_remote_prefix(old_prefix, new_prefix, failure);
        });
    }

private:
    static std::optional<std::string> optional_of(char *text)
    {
        return text != nullptr ? std::optional<std::string>(taken(text)) : std::nullopt;
    }
};

} // namespace bgcopy::detail

#endif
