// Job properties by id, each with its type; part of bgcopy::job.

#ifndef BGCOPY_JOB_PROPERTIES_HPP
#define BGCOPY_JOB_PROPERTIES_HPP

#include <cstdint>
#include <string>

#include <bgcopy/job_settings.hpp>

namespace bgcopy::detail {

struct dword_property {
    using type = std::uint32_t;
    static constexpr std::uint32_t kind = BGCOPY_PROPERTY_TYPE_DWORD;
    static type read(const bgcopy_property_data &data) noexcept { return data.dword; }
    static void write(bgcopy_property_data &data, type value) noexcept { data.dword = value; }
};

struct guid_property {
    using type = guid;
    static constexpr std::uint32_t kind = BGCOPY_PROPERTY_TYPE_GUID;
    static type read(const bgcopy_property_data &data) noexcept { return data.guid; }
    static void write(bgcopy_property_data &data, type value) noexcept { data.guid = value; }
};

struct enable_property {
    using type = bool;
    static constexpr std::uint32_t kind = BGCOPY_PROPERTY_TYPE_ENABLE;
    static type read(const bgcopy_property_data &data) noexcept { return data.enable != 0; }
    static void write(bgcopy_property_data &data, type value) noexcept { data.enable = value; }
};

struct uint64_property {
    using type = std::uint64_t;
    static constexpr std::uint32_t kind = BGCOPY_PROPERTY_TYPE_UINT64;
    static type read(const bgcopy_property_data &data) noexcept { return data.uint64; }
    static void write(bgcopy_property_data &data, type value) noexcept { data.uint64 = value; }
};

struct target_property {
    using type = std::uint32_t;
    static constexpr std::uint32_t kind = BGCOPY_PROPERTY_TYPE_TARGET;
    static type read(const bgcopy_property_data &data) noexcept { return data.target; }
    static void write(bgcopy_property_data &data, type value) noexcept { data.target = value; }
};

struct text_property {
    using type = std::string;
    static constexpr std::uint32_t kind = BGCOPY_PROPERTY_TYPE_TEXT;
    static type read(const bgcopy_property_data &data) { return taken(data.text); }
    static void write(bgcopy_property_data &data, type &value) noexcept
    {
        data.text = value.data();
    }
};

/// A number that has names.
template <typename Enum> struct word_property {
    using type = Enum;
    static constexpr std::uint32_t kind = BGCOPY_PROPERTY_TYPE_DWORD;
    static type read(const bgcopy_property_data &data) noexcept
    {
        return static_cast<type>(data.dword);
    }
    static void write(bgcopy_property_data &data, type value) noexcept
    {
        data.dword = static_cast<std::uint32_t>(value);
    }
};

template <job_property_id Id> struct property_of;
template <> struct property_of<job_property_id::cost_flags> : dword_property {};
template <> struct property_of<job_property_id::notification_clsid> : guid_property {};
template <> struct property_of<job_property_id::dynamic_content> : enable_property {};
template <> struct property_of<job_property_id::high_performance> : enable_property {};
template <> struct property_of<job_property_id::max_download_size> : uint64_property {};
template <> struct property_of<job_property_id::use_stored_credentials> : target_property {};
template <>
struct property_of<job_property_id::minimum_notification_interval_ms> : dword_property {};
template <> struct property_of<job_property_id::on_demand_mode> : enable_property {};
template <>
struct property_of<job_property_id::upload_protocol> : word_property<bgcopy::upload_protocol> {};
template <> struct property_of<job_property_id::connections_per_file> : dword_property {};
template <> struct property_of<job_property_id::max_download_rate> : uint64_property {};
template <> struct property_of<job_property_id::max_upload_rate> : uint64_property {};
template <>
struct property_of<job_property_id::background_mode> : word_property<bgcopy::background_mode> {};
template <> struct property_of<job_property_id::transfer_window> : text_property {};
template <> struct property_of<job_property_id::power_flags> : dword_property {};

class job_properties : public job_settings {
public:
    using job_settings::job_settings;

    /// As in property<job_property_id::max_download_size>(): a job property,
    /// with the type that it has.
    template <job_property_id Id>
    typename property_of<Id>::type property(std::error_code &failure) const
    {
        bgcopy_property_value found{};
        if (!check(bgcopy_job_get_property(raw_, static_cast<std::uint32_t>(Id), &found), failure))
            return {};
        return property_of<Id>::read(found.data);
    }
    template <job_property_id Id> typename property_of<Id>::type property() const
    {
        return must([this](std::error_code &failure) { return property<Id>(failure); });
    }

    template <job_property_id Id>
    void set_property(typename property_of<Id>::type wanted, std::error_code &failure)
    {
        bgcopy_property_value given{};
        given.type = property_of<Id>::kind;
        property_of<Id>::write(given.data, wanted);
        check(bgcopy_job_set_property(raw_, static_cast<std::uint32_t>(Id), &given), failure);
    }
    template <job_property_id Id> void set_property(typename property_of<Id>::type wanted)
    {
        must([&](std::error_code &failure) { set_property<Id>(wanted, failure); });
    }
};

} // namespace bgcopy::detail

namespace bgcopy {

/// The type of a job property.
template <job_property_id Id> using job_property_type = typename detail::property_of<Id>::type;

} // namespace bgcopy

#endif
