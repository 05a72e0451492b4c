/* The headers alone, in each order and twice. */
#ifdef WITH_MACROS
#define COBJMACROS
#endif
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

int main(void)
{
    return name[0] == 'a' ? 0 : 1;
}
