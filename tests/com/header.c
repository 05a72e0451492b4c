/* The headers alone, in each order and twice. */
#ifdef WITH_MACROS
#define COBJMACROS
#endif
#define INITGUID
#include <bits10_3.h>
#include <bits.h>
#include <bits10_1.h>
#include <bits10_2.h>
#include <bits1_5.h>
#include <bits2_0.h>
#include <bits2_5.h>
#include <bits3_0.h>
#include <bits4_0.h>
#include <bits5_0.h>
#include <bitsmsg.h>
#include <deliveryoptimization.h>
#include <deliveryoptimizationdownloadtypes.h>
#include <oleauto.h>
#include <objbase.h>
#include <unknwn.h>
#include <windows.h>

#ifdef BGCOPY_WCHAR_IS_WCHAR_T
static const WCHAR name[] = L"a name";
#else
static const WCHAR name[] = u"a name";
#endif

BGCOPY_COM_ASSERT(sizeof name == 14, "two bytes for each unit");
BGCOPY_COM_ASSERT(sizeof(LONG) == 4 && sizeof(ULONG) == 4 && sizeof(DWORD) == 4, "32 bits");
BGCOPY_COM_ASSERT(sizeof(HRESULT) == 4 && sizeof(BOOL) == 4, "32 bits");
BGCOPY_COM_ASSERT(SUCCEEDED(S_FALSE) && FAILED(BG_E_EMPTY) && SUCCEEDED(BG_S_PARTIAL_COMPLETE),
                  "signs");

DEFINE_GUID(own_id, 0x12345678, 0x1234, 0x5678, 1, 2, 3, 4, 5, 6, 7, 8);

int main(void)
{
    return name[0] == 'a' && own_id.Data4[7] == 8 ? 0 : 1;
}
