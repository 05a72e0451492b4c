/* What bits.h needs of Windows elsewhere: types of fixed widths, IUnknown, ids, and the few
 * functions of COM, which the library has under names that begin with bgcopy_, so that they are not
 * taken for those of Wine or DXVK in the same process.
 *
 * Texts are UTF-16: WCHAR is char16_t, and u"text" is a text. Programs that are compiled with
 * -fshort-wchar may define BGCOPY_WCHAR_IS_WCHAR_T: then WCHAR is wchar_t, and L"text" is a text. */
#ifndef BGCOPY_COM_H
#define BGCOPY_COM_H

#ifdef _WIN32
#error "Windows has these headers itself."
#endif

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#ifdef __cplusplus
#define BGCOPY_COM_BEGIN extern "C" {
#define BGCOPY_COM_END }
#define BGCOPY_COM_ASSERT(condition, text) static_assert(condition, text)
#define BGCOPY_COM_CAST(type, value) (static_cast<type>(value))
#define EXTERN_C extern "C"
#else
#include <uchar.h>
#define BGCOPY_COM_BEGIN
#define BGCOPY_COM_END
#define BGCOPY_COM_ASSERT(condition, text) _Static_assert(condition, text)
#define BGCOPY_COM_CAST(type, value) ((type)(value))
#define EXTERN_C extern
#endif

/* An interface has no virtual destructor: its table of functions is that of C. */
#define BGCOPY_COM_QUIET_BEGIN                                                                     \
    _Pragma("GCC diagnostic push") _Pragma("GCC diagnostic ignored \"-Wnon-virtual-dtor\"")
#define BGCOPY_COM_QUIET_END _Pragma("GCC diagnostic pop")

/* Calls have one convention here. */
#ifndef __stdcall
#define __stdcall
#endif
#define STDMETHODCALLTYPE
#define STDAPICALLTYPE
#define WINAPI
#define CALLBACK
#ifdef CONST_VTABLE
#define CONST_VTBL const
#else
#define CONST_VTBL
#endif
#define STDMETHOD(method) virtual HRESULT STDMETHODCALLTYPE method
#define STDMETHOD_(type, method) virtual type STDMETHODCALLTYPE method
#define STDMETHODIMP HRESULT STDMETHODCALLTYPE
#define STDMETHODIMP_(type) type STDMETHODCALLTYPE
#define IFACEMETHODIMP STDMETHODIMP
#define IFACEMETHODIMP_(type) STDMETHODIMP_(type)
#define PURE = 0

/* LONG has 32 bits, as it has on Windows, where long has. */
typedef int32_t HRESULT;
typedef int32_t LONG;
typedef uint32_t ULONG;
typedef int32_t INT;
typedef uint32_t UINT;
typedef uint32_t DWORD;
typedef uint16_t WORD;
typedef uint8_t BYTE;
typedef int32_t BOOL;
typedef int64_t LONG64;
typedef uint64_t ULONG64;
typedef int64_t INT64;
typedef uint64_t UINT64;
typedef int64_t LONGLONG;
typedef uint64_t ULONGLONG;
typedef size_t SIZE_T;
typedef void *LPVOID;
typedef void *HANDLE;
typedef DWORD LCID;
#ifdef __cplusplus
typedef unsigned char byte;
#else
typedef uint8_t byte;
#endif

#ifdef BGCOPY_WCHAR_IS_WCHAR_T
BGCOPY_COM_ASSERT(sizeof(wchar_t) == 2, "BGCOPY_WCHAR_IS_WCHAR_T needs -fshort-wchar");
typedef wchar_t WCHAR;
#else
typedef char16_t WCHAR;
#endif
BGCOPY_COM_ASSERT(sizeof(WCHAR) == 2, "texts are UTF-16");
typedef WCHAR *LPWSTR;
typedef WCHAR *PWSTR;
typedef const WCHAR *LPCWSTR;
typedef const WCHAR *PCWSTR;
typedef WCHAR OLECHAR;
typedef OLECHAR *LPOLESTR;
typedef const OLECHAR *LPCOLESTR;

#ifndef TRUE
#define TRUE 1
#define FALSE 0
#endif
#define MAX_PATH 260
#define INFINITE 0xFFFFFFFFu

typedef struct _GUID {
    uint32_t Data1;
    uint16_t Data2;
    uint16_t Data3;
    uint8_t Data4[8];
} GUID;
typedef GUID IID;
typedef GUID CLSID;
BGCOPY_COM_ASSERT(sizeof(GUID) == 16, "the size of GUID");

typedef struct _FILETIME {
    DWORD dwLowDateTime;
    DWORD dwHighDateTime;
} FILETIME;

#ifdef __cplusplus
typedef const GUID &REFGUID;
typedef const IID &REFIID;
typedef const CLSID &REFCLSID;
static inline bool IsEqualGUID(REFGUID one, REFGUID other)
{
    return memcmp(&one, &other, sizeof(GUID)) == 0;
}
static inline bool operator==(REFGUID one, REFGUID other) { return IsEqualGUID(one, other); }
static inline bool operator!=(REFGUID one, REFGUID other) { return !IsEqualGUID(one, other); }
#else
typedef const GUID *REFGUID;
typedef const IID *REFIID;
typedef const CLSID *REFCLSID;
#define IsEqualGUID(one, other) (memcmp((one), (other), sizeof(GUID)) == 0)
#endif
#define IsEqualIID(one, other) IsEqualGUID(one, other)
#define IsEqualCLSID(one, other) IsEqualGUID(one, other)

/* An id of the program's own: defined where INITGUID is, declared elsewhere. */
#ifdef INITGUID
#define DEFINE_GUID(name, l, w1, w2, b1, b2, b3, b4, b5, b6, b7, b8)                               \
    EXTERN_C const GUID name;                                                                      \
    const GUID name = {l, w1, w2, {b1, b2, b3, b4, b5, b6, b7, b8}}
#else
#define DEFINE_GUID(name, l, w1, w2, b1, b2, b3, b4, b5, b6, b7, b8) EXTERN_C const GUID name
#endif

/* Codes. */
#define _HRESULT_TYPEDEF_(code) BGCOPY_COM_CAST(HRESULT, code)
#define SUCCEEDED(code) (BGCOPY_COM_CAST(HRESULT, code) >= 0)
#define FAILED(code) (BGCOPY_COM_CAST(HRESULT, code) < 0)
#define HRESULT_CODE(code) ((code)&0xFFFF)
#define HRESULT_FACILITY(code) (((code) >> 16) & 0x1FFF)
#define FACILITY_WIN32 7
static inline HRESULT HRESULT_FROM_WIN32(uint32_t error)
{
    return error == 0 ? 0 : BGCOPY_COM_CAST(HRESULT, (error & 0xFFFFu) | 0x80070000u);
}
#define NOERROR 0
#define S_OK _HRESULT_TYPEDEF_(0)
#define S_FALSE _HRESULT_TYPEDEF_(1)
#define E_NOTIMPL _HRESULT_TYPEDEF_(0x80004001)
#define E_NOINTERFACE _HRESULT_TYPEDEF_(0x80004002)
#define E_POINTER _HRESULT_TYPEDEF_(0x80004003)
#define E_ABORT _HRESULT_TYPEDEF_(0x80004004)
#define E_FAIL _HRESULT_TYPEDEF_(0x80004005)
#define E_UNEXPECTED _HRESULT_TYPEDEF_(0x8000FFFF)
#define E_PENDING _HRESULT_TYPEDEF_(0x8000000A)
#define E_ACCESSDENIED _HRESULT_TYPEDEF_(0x80070005)
#define E_HANDLE _HRESULT_TYPEDEF_(0x80070006)
#define E_OUTOFMEMORY _HRESULT_TYPEDEF_(0x8007000E)
#define E_INVALIDARG _HRESULT_TYPEDEF_(0x80070057)
#define CO_E_NOTINITIALIZED _HRESULT_TYPEDEF_(0x800401F0)
#define CO_E_CLASSSTRING _HRESULT_TYPEDEF_(0x800401F3)
#define CLASS_E_NOAGGREGATION _HRESULT_TYPEDEF_(0x80040110)
#define REGDB_E_CLASSNOTREG _HRESULT_TYPEDEF_(0x80040154)
#define RPC_E_CHANGED_MODE _HRESULT_TYPEDEF_(0x80010106)
#define RPC_E_TOO_LATE _HRESULT_TYPEDEF_(0x80010119)
#define CRYPT_E_NOT_FOUND _HRESULT_TYPEDEF_(0x80092004)

/* The languages that a text may be asked for in; there is one. */
#define MAKELANGID(primary, sub) ((WORD)((((WORD)(sub)) << 10) | (WORD)(primary)))
#define LANG_NEUTRAL 0x00
#define LANG_ENGLISH 0x09
#define SUBLANG_DEFAULT 0x01
static inline DWORD GetThreadLocale(void) { return 0x0409; }
#define LANGIDFROMLCID(locale) ((WORD)(locale))

/* IUnknown. */
typedef struct IUnknown IUnknown;
typedef IUnknown *LPUNKNOWN;
#ifdef __cplusplus
BGCOPY_COM_QUIET_BEGIN
struct IUnknown {
    virtual HRESULT STDMETHODCALLTYPE QueryInterface(REFIID riid, void **ppvObject) = 0;
    virtual ULONG STDMETHODCALLTYPE AddRef() = 0;
    virtual ULONG STDMETHODCALLTYPE Release() = 0;

    template <class T> HRESULT QueryInterface(T **object);
};
BGCOPY_COM_QUIET_END
#else
typedef struct IUnknownVtbl {
    HRESULT(STDMETHODCALLTYPE *QueryInterface)(IUnknown *This, REFIID riid, void **ppvObject);
    ULONG(STDMETHODCALLTYPE *AddRef)(IUnknown *This);
    ULONG(STDMETHODCALLTYPE *Release)(IUnknown *This);
} IUnknownVtbl;
struct IUnknown {
    CONST_VTBL struct IUnknownVtbl *lpVtbl;
};
#endif
#ifdef COBJMACROS
#define IUnknown_QueryInterface(This, riid, ppvObject)                                             \
    ((This)->lpVtbl->QueryInterface(This, riid, ppvObject))
#define IUnknown_AddRef(This) ((This)->lpVtbl->AddRef(This))
#define IUnknown_Release(This) ((This)->lpVtbl->Release(This))
#endif

/* Ids of types in C++. */
#ifdef __cplusplus
template <class T> struct bgcopy_com_uuid;
template <class T> struct bgcopy_com_uuid<T *> : bgcopy_com_uuid<T> {};
template <class T> struct bgcopy_com_uuid<T &> : bgcopy_com_uuid<T> {};
template <class T> struct bgcopy_com_uuid<const T> : bgcopy_com_uuid<T> {};
template <class T> inline const GUID &bgcopy_com_uuidof() { return bgcopy_com_uuid<T>::get(); }
#define BGCOPY_COM_UUID(type, l, w1, w2, b1, b2, b3, b4, b5, b6, b7, b8)                           \
    template <> struct bgcopy_com_uuid<type> {                                                     \
        static const GUID &get()                                                                   \
        {                                                                                          \
            static const GUID id = {l, w1, w2, {b1, b2, b3, b4, b5, b6, b7, b8}};                  \
            return id;                                                                             \
        }                                                                                          \
    };
#define __CRT_UUID_DECL(type, l, w1, w2, b1, b2, b3, b4, b5, b6, b7, b8)                           \
    BGCOPY_COM_UUID(type, l, w1, w2, b1, b2, b3, b4, b5, b6, b7, b8)
#undef __uuidof
#define __uuidof(type) bgcopy_com_uuidof<__typeof__(type)>()
BGCOPY_COM_UUID(IUnknown, 0, 0, 0, 0xC0, 0, 0, 0, 0, 0, 0, 0x46)

template <class T> inline void **bgcopy_com_out(T **object)
{
    // What is asked for must be an interface.
    static_cast<void>(static_cast<IUnknown *>(*object));
    return reinterpret_cast<void **>(object);
}
#define IID_PPV_ARGS(object) __uuidof(**(object)), bgcopy_com_out(object)

template <class T> inline HRESULT IUnknown::QueryInterface(T **object)
{
    return QueryInterface(bgcopy_com_uuidof<T>(), bgcopy_com_out(object));
}
#endif

/* Functions of COM. */
typedef enum {
    COINIT_MULTITHREADED = 0x0,
    COINIT_APARTMENTTHREADED = 0x2,
    COINIT_DISABLE_OLE1DDE = 0x4,
    COINIT_SPEED_OVER_MEMORY = 0x8
} COINIT;
#define CLSCTX_INPROC_SERVER 0x1
#define CLSCTX_INPROC_HANDLER 0x2
#define CLSCTX_LOCAL_SERVER 0x4
#define CLSCTX_REMOTE_SERVER 0x10
#define CLSCTX_SERVER 0x15
#define CLSCTX_ALL 0x17
#define RPC_C_AUTHN_DEFAULT 0xFFFFFFFFu
#define RPC_C_AUTHN_WINNT 10
#define RPC_C_AUTHZ_NONE 0
#define RPC_C_AUTHN_LEVEL_DEFAULT 0
#define RPC_C_AUTHN_LEVEL_CONNECT 2
#define RPC_C_AUTHN_LEVEL_CALL 3
#define RPC_C_AUTHN_LEVEL_PKT_PRIVACY 6
#define RPC_C_IMP_LEVEL_IDENTIFY 2
#define RPC_C_IMP_LEVEL_IMPERSONATE 3
#define EOAC_NONE 0
#define EOAC_DYNAMIC_CLOAKING 0x40
#define COLE_DEFAULT_PRINCIPAL NULL
#define COLE_DEFAULT_AUTHINFO NULL

BGCOPY_COM_BEGIN
extern const IID IID_IUnknown;
HRESULT bgcopy_CoInitializeEx(void *reserved, DWORD mode);
void bgcopy_CoUninitialize(void);
HRESULT bgcopy_CoInitializeSecurity(void *descriptor, LONG count, void *services, void *reserved,
                                    DWORD authentication, DWORD impersonation, void *list,
                                    DWORD capabilities, void *reserved_too);
HRESULT bgcopy_CoSetProxyBlanket(IUnknown *proxy, DWORD authentication, DWORD authorization,
                                 OLECHAR *principal, DWORD level, DWORD impersonation,
                                 void *identity, DWORD capabilities);
HRESULT bgcopy_CoCreateInstance(REFCLSID clsid, IUnknown *outer, DWORD context, REFIID iid,
                                void **object);
void *bgcopy_CoTaskMemAlloc(SIZE_T size);
void *bgcopy_CoTaskMemRealloc(void *memory, SIZE_T size);
void bgcopy_CoTaskMemFree(void *memory);
int32_t bgcopy_StringFromGUID2(REFGUID id, OLECHAR *text, int32_t size);
HRESULT bgcopy_StringFromCLSID(REFCLSID id, LPOLESTR *text);
HRESULT bgcopy_CLSIDFromString(LPCOLESTR text, CLSID *id);
HRESULT bgcopy_CoCreateGuid(GUID *id);
BGCOPY_COM_END

#define CoInitialize(reserved) bgcopy_CoInitializeEx(reserved, COINIT_APARTMENTTHREADED)
#define CoInitializeEx bgcopy_CoInitializeEx
#define CoUninitialize bgcopy_CoUninitialize
#define CoInitializeSecurity bgcopy_CoInitializeSecurity
#define CoSetProxyBlanket bgcopy_CoSetProxyBlanket
#define CoCreateInstance bgcopy_CoCreateInstance
#define CoTaskMemAlloc bgcopy_CoTaskMemAlloc
#define CoTaskMemRealloc bgcopy_CoTaskMemRealloc
#define CoTaskMemFree bgcopy_CoTaskMemFree
#define StringFromGUID2 bgcopy_StringFromGUID2
#define StringFromCLSID bgcopy_StringFromCLSID
#define StringFromIID bgcopy_StringFromCLSID
#define CLSIDFromString bgcopy_CLSIDFromString
#define IIDFromString bgcopy_CLSIDFromString
#define CoCreateGuid bgcopy_CoCreateGuid

#endif
