/* The header is complete in itself, before and after that of Windows. */
#include <bgcopy.hpp>
#ifdef _WIN32
#include <windows.h>
#endif
#include <bgcopy.hpp>

int main()
{
    const bgcopy_hresult invalid_state = BGCOPY_DO_E_INVALID_STATE;
    uint32_t bits = static_cast<uint32_t>(invalid_state);
    return bits == 0x80D02013u && BGCOPY_FAILED(invalid_state) &&
                   BGCOPY_FAILED(bgcopy_job_resume(nullptr))
               ? 0
               : 1;
}
