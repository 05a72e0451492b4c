// What the scenarios of BITS in C++ have in common. There are no includes of the standard library beside
// those that are needed here: programs that know Windows bring their own.
#ifndef BGCOPY_TESTS_COM_CHECK_HPP
#define BGCOPY_TESTS_COM_CHECK_HPP

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include <windows.h>

#include <bits.h>

using text = std::basic_string<WCHAR>;

inline std::string folder;
inline std::string server;

[[noreturn]] inline void failed(int line, const char *what)
{
    std::fprintf(stderr, "line %d: %s\n", line, what);
    std::exit(1);
}

#define CHECK(condition) ((condition) ? static_cast<void>(0) : failed(__LINE__, #condition))

inline void expect(HRESULT want, HRESULT got, int line, const char *what)
{
    if (want != got) {
        std::fprintf(stderr, "wanted 0x%08X, got 0x%08X\n", static_cast<unsigned>(want),
                     static_cast<unsigned>(got));
        failed(line, what);
    }
}

#define EXPECT(want, call) expect((want), (call), __LINE__, #call)
#define OK(call) EXPECT(S_OK, call)

inline text wide(const std::string &ascii) { return text(ascii.begin(), ascii.end()); }

/// A pointer that releases, as those of ATL and WRL do.
template <class T> class com_ptr {
public:
    com_ptr() = default;
    com_ptr(const com_ptr &) = delete;
    com_ptr &operator=(const com_ptr &) = delete;
    ~com_ptr() { reset(); }
    void reset()
    {
        if (object_ != nullptr) {
            object_->Release();
        }
        object_ = nullptr;
    }
    T **operator&()
    {
        reset();
        return &object_;
    }
    T *operator->() const { return object_; }
    T *get() const { return object_; }

private:
    T *object_ = nullptr;
};

/// A text that is given, and freed.
class given {
public:
    given() = default;
    given(const given &) = delete;
    given &operator=(const given &) = delete;
    ~given() { CoTaskMemFree(text_); }
    LPWSTR *operator&() { return &text_; }
    bool is(const std::string &ascii) const { return text_ != nullptr && text(text_) == wide(ascii); }

private:
    LPWSTR text_ = nullptr;
};

#endif
