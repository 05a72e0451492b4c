// Waits that another thread can end.

#ifndef BGCOPY_INTERRUPT_HPP
#define BGCOPY_INTERRUPT_HPP

#include <cstdint>

#include <bgcopy/detail.hpp>

#if defined(__cplusplus) && __cplusplus >= 202002L && defined(__has_include)
#if __has_include(<stop_token>)
#include <stop_token>
#endif
#endif

namespace bgcopy {

/// Ends waits from another thread, any number of them and of any manager. Once
/// raised it stays so. Waits that have it go on when it is closed.
class interrupt : public detail::handle<bgcopy_interrupt, bgcopy_interrupt_close> {
public:
    using handle::handle;

    static interrupt create(std::error_code &failure)
    {
        bgcopy_interrupt *made = nullptr;
        detail::check(bgcopy_interrupt_create(&made), failure);
        return interrupt(made);
    }
    static interrupt create()
    {
        return detail::must([](std::error_code &failure) { return create(failure); });
    }

    /// Ends all waits that have it: they answer BGCOPY_E_ABORT.
    void raise(std::error_code &failure) const noexcept
    {
        detail::check(bgcopy_interrupt_raise(raw_), failure);
    }
    void raise() const { detail::check(bgcopy_interrupt_raise(raw_)); }

    bool is_raised(std::error_code &failure) const
    {
        return value<std::uint32_t>(bgcopy_interrupt_is_raised, failure) != 0;
    }
    BGCOPY_DETAIL_THROWING(is_raised)
};

#ifdef __cpp_lib_jthread
namespace detail {

/// Makes a call with an interrupt that the token raises.
template <typename Call>
auto stoppable(const std::stop_token &token, std::error_code &failure, Call call)
{
    const auto ends = interrupt::create(failure);
    if (failure) {
        return decltype(call(ends)){};
    }
    const std::stop_callback watch(token, [&ends] {
        std::error_code none;
        ends.raise(none);
    });
    return call(ends);
}

} // namespace detail
#endif

} // namespace bgcopy

#endif
