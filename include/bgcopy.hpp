// bgcopy for C++17: header-only, over bgcopy.h, which is the manual.
//
// Each kind of handle is a class that owns it: it can be moved, not copied, and
// closes its handle at its end. Each call comes twice: one throws
// bgcopy::error, one takes a std::error_code& at the end, throws nothing but
// std::bad_alloc, and answers an empty object on failure. Success codes other
// than S_OK that matter are the result; a value that may be missing is a
// std::optional. Without exceptions in the compiler, use the second kind: the
// first would end the program.

#ifndef BGCOPY_HPP
#define BGCOPY_HPP

#include <bgcopy/checksums.hpp>
#include <bgcopy/enums.hpp>
#include <bgcopy/error.hpp>
#include <bgcopy/event.hpp>
#include <bgcopy/file.hpp>
#include <bgcopy/file_reader.hpp>
#include <bgcopy/guid.hpp>
#include <bgcopy/interrupt.hpp>
#include <bgcopy/job.hpp>
#include <bgcopy/job_error.hpp>
#include <bgcopy/log.hpp>
#include <bgcopy/manager.hpp>
#include <bgcopy/oneshot.hpp>
#include <bgcopy/options.hpp>
#include <bgcopy/reader.hpp>
#include <bgcopy/types.hpp>
#include <bgcopy/wait_reason.hpp>

#endif
