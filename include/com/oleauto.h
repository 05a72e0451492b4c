/* VARIANT and its texts, as far as programs of Delivery Optimization need them. */
#ifndef BGCOPY_COM_OLEAUTO_H
#define BGCOPY_COM_OLEAUTO_H

#include "bgcopy_com.h"

/* A text with its length in front of it, made by SysAllocString. */
typedef OLECHAR *BSTR;
typedef int16_t VARIANT_BOOL;
#define VARIANT_TRUE ((VARIANT_BOOL)-1)
#define VARIANT_FALSE ((VARIANT_BOOL)0)

typedef uint16_t VARTYPE;
enum {
    VT_EMPTY = 0,
    VT_I4 = 3,
    VT_BSTR = 8,
    VT_BOOL = 11,
    VT_UNKNOWN = 13,
    VT_UI1 = 17,
    VT_UI4 = 19,
    VT_UI8 = 21,
    VT_ARRAY = 0x2000
};

/* What no property holds; it gives a VARIANT its size. */
typedef struct {
    void *pvRecord;
    void *pRecInfo;
} BGCOPY_COM_RECORD;

typedef struct tagVARIANT {
    VARTYPE vt;
    WORD wReserved1;
    WORD wReserved2;
    WORD wReserved3;
    union {
        LONG lVal;
        ULONG ulVal;
        LONGLONG llVal;
        ULONGLONG ullVal;
        VARIANT_BOOL boolVal;
        BSTR bstrVal;
        IUnknown *punkVal;
        void *byref;
        BGCOPY_COM_RECORD record;
    };
} VARIANT, VARIANTARG, *LPVARIANT;
#if UINTPTR_MAX > 0xFFFFFFFFu
BGCOPY_COM_ASSERT(sizeof(VARIANT) == 24, "the size of VARIANT");
#endif
#define V_VT(variant) ((variant)->vt)
#define V_UI4(variant) ((variant)->ulVal)
#define V_UI8(variant) ((variant)->ullVal)
#define V_BOOL(variant) ((variant)->boolVal)
#define V_BSTR(variant) ((variant)->bstrVal)
#define V_UNKNOWN(variant) ((variant)->punkVal)

BGCOPY_COM_BEGIN
BSTR bgcopy_SysAllocString(const OLECHAR *source);
BSTR bgcopy_SysAllocStringLen(const OLECHAR *source, UINT count);
void bgcopy_SysFreeString(BSTR text);
UINT bgcopy_SysStringLen(BSTR text);
void bgcopy_VariantInit(VARIANT *variant);
HRESULT bgcopy_VariantClear(VARIANT *variant);
BGCOPY_COM_END

#define SysAllocString bgcopy_SysAllocString
#define SysAllocStringLen bgcopy_SysAllocStringLen
#define SysFreeString bgcopy_SysFreeString
#define SysStringLen bgcopy_SysStringLen
#define VariantInit bgcopy_VariantInit
#define VariantClear bgcopy_VariantClear

#endif
