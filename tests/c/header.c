/* The header is complete in itself, before and after that of Windows. */
#include <bgcopy.h>
#ifdef _WIN32
#include <windows.h>
#endif
#include <bgcopy.h>

int main(void)
{
    const bgcopy_hresult invalid_state = BGCOPY_DO_E_INVALID_STATE;
    uint32_t bits = (uint32_t)invalid_state;
    return bits == 0x80D02013u && BGCOPY_FAILED(invalid_state) &&
                   BGCOPY_FAILED(bgcopy_job_resume(NULL))
               ? 0
               : 1;
}
