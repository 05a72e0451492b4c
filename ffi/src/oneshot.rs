//! One-shot transfers: files in, files in their places.

use std::ffi::{c_char, c_void};
use std::ops::ControlFlow;
use std::time::Duration;

use bgcopy_core::vocab::code;
use bgcopy_core::{
    Error, FileSpec, HResult, JobPriority, JobProgress, Result, TransferOptions, TransferredFile,
    UploadProtocol, download, upload,
};

use crate::call::{choice, list, yes_or_no};
use crate::guard::{bgcopy_hresult, guard};
use crate::interrupt::bgcopy_interrupt;
use crate::job::{bgcopy_file_spec, spec};
use crate::job_facts::bgcopy_job_progress;
use crate::manager::bgcopy_manager;
use crate::options::{Versioned, read_sized};
use crate::string::optional_text;
use crate::table::get;

/// What a one-shot transfer is like. Set size to sizeof(bgcopy_transfer_options) and the rest to
/// 0: what is 0 or NULL has its default.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct bgcopy_transfer_options {
    /// sizeof(bgcopy_transfer_options): tells which fields the caller knows.
    pub size: usize,
    /// Headers of each request: lines, each ended by CR LF.
    pub custom_headers: *const c_char,
    /// A name for the server, by the scheme Basic; with password, or both NULL.
    pub user_name: *const c_char,
    /// See user_name.
    pub password: *const c_char,
    /// Uploads of one file: where the server's reply goes.
    pub reply_file_name: *const c_char,
    /// A bgcopy_job_priority; 0 is FOREGROUND.
    pub priority: u32,
    /// How long it goes on without a new byte, with tries in between, in seconds; 0 for what
    /// jobs have by default.
    pub no_progress_timeout_s: u32,
    /// How long the call may take, in milliseconds; 0 for ever.
    pub timeout_ms: u32,
    /// Downloads: 1 if the files that arrive are put in place though others fail.
    pub partial: u32,
    /// 1 if jobs that do not come to their end are cancelled, at the server, too; 0 if they are
    /// suspended and stay, so that the same call goes on with them.
    pub cancel_unfinished: u32,
    /// Uploads: a bgcopy_upload_protocol; 0 asks the server.
    pub upload_protocol: u32,
    /// Downloads: a list of checksums, by its URL or path. Each file must be in it, and is
    /// checked against it, unless it has an expected hash of its own. Headers, name and password
    /// go to the server of the list only if it has the origin of one of the files.
    pub checksums: *const c_char,
    /// The public key of minisign that must have signed the list: its line of Base64, or the text of
    /// its file.
    pub minisign_key: *const c_char,
    /// The signature of the list, by its URL or path; NULL for that of the list with `.minisig` at
    /// its end.
    pub signature: *const c_char,
}

impl Versioned for bgcopy_transfer_options {
    const SMALLEST: usize = size_of::<Self>();
}

/// Gets how far a one-shot transfer is, ten times a second and at the end, on the thread that
/// makes the call. A failure code ends the call with E_ABORT.
pub type bgcopy_progress_callback = Option<
    unsafe extern "C" fn(progress: *const bgcopy_job_progress, user: *mut c_void) -> bgcopy_hresult,
>;

/// Downloads files as one job, and puts them in place when all of them are here; returns when
/// that is done. The same files, in whatever order, find the job that an earlier call left, or
/// that another one is at, also in another process of the queue.
///
/// @param count how many files; 0 does nothing.
/// @param options NULL for the defaults.
/// @param interrupt what may end the call from another thread, which then answers E_ABORT; may
/// be NULL.
/// @param callback may be NULL.
/// @param user for the callback.
/// @param out_codes what became of each file, an array of count, written if the jobs came to
/// their ends: S_OK if it is in place, S_FALSE if only others kept it from there, else why not.
/// May be NULL.
/// @return S_OK if all files are in place; BG_S_PARTIAL_COMPLETE if some are; E_TIMEOUT; E_ABORT;
/// DO_E_INVALID_STATE for another expected hash than that which a file was checked against;
/// BGCOPY_E_SIGNATURE, BGCOPY_E_CHECKSUM_LIST and BGCOPY_E_NOT_LISTED for checksums, and why the list cannot be had,
/// before a job is made; the code of the first file that failed; else as bgcopy_manager_create_job,
/// bgcopy_job_add_files and bgcopy_job_complete; E_INVALIDARG for bad options; E_POINTER;
/// E_HANDLE; E_MANAGER_CLOSED.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bgcopy_download(
    manager: *mut bgcopy_manager,
    count: u32,
    files: *const bgcopy_file_spec,
    options: *const bgcopy_transfer_options,
    interrupt: *mut bgcopy_interrupt,
    callback: bgcopy_progress_callback,
    user: *mut c_void,
    out_codes: *mut bgcopy_hresult,
) -> bgcopy_hresult {
    let call = Call { count, files, options, interrupt, callback, user, out_codes };
    guard(|| transfer(manager, &call, false))
}

/// Sends files, a job for each, and acknowledges those that are sent; returns when all of the
/// jobs have ended. A file that is asked for twice is sent once. Below a URL that ends in a slash
/// a file goes under its own name. If jobs are cancelled at their server, the call takes up to 5 s
/// longer.
///
/// @param files without ranges and hashes.
/// @return as bgcopy_download.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bgcopy_upload(
    manager: *mut bgcopy_manager,
    count: u32,
    files: *const bgcopy_file_spec,
    options: *const bgcopy_transfer_options,
    interrupt: *mut bgcopy_interrupt,
    callback: bgcopy_progress_callback,
    user: *mut c_void,
    out_codes: *mut bgcopy_hresult,
) -> bgcopy_hresult {
    let call = Call { count, files, options, interrupt, callback, user, out_codes };
    guard(|| transfer(manager, &call, true))
}

/// The arguments that both have.
struct Call {
    count: u32,
    files: *const bgcopy_file_spec,
    options: *const bgcopy_transfer_options,
    interrupt: *mut bgcopy_interrupt,
    callback: bgcopy_progress_callback,
    user: *mut c_void,
    out_codes: *mut bgcopy_hresult,
}

unsafe fn transfer(manager: *mut bgcopy_manager, call: &Call, uploads: bool) -> Result<HResult> {
    let hub = get(manager)?;
    let files: Vec<FileSpec> =
        list(call.files, call.count)?.iter().map(|file| spec(file)).collect::<Result<_>>()?;
    let options = options_of(call.options)?;
    let interrupt = if call.interrupt.is_null() { None } else { Some(get(call.interrupt)?) };
    let mut report = |progress: JobProgress| {
        let Some(callback) = call.callback else {
            return ControlFlow::Continue(());
        };
        let answer = callback(&progress.into(), call.user);
        if answer < 0 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    };
    let on_progress: Option<bgcopy_core::OnProgress<'_>> =
        if call.callback.is_some() { Some(&mut report) } else { None };
    let run = if uploads { upload } else { download };
    let ended = run(&hub.manager, &files, &options, interrupt.as_deref(), on_progress)?;
    if !call.out_codes.is_null() {
        for (index, file) in ended.iter().enumerate() {
            call.out_codes.add(index).write(code_of(file).0);
        }
    }
    let done = ended.iter().filter(|file| file.is_done).count();
    match ended.iter().find_map(|file| file.error.as_ref()) {
        _ if done == ended.len() => Ok(code::S_OK),
        _ if done > 0 => Ok(code::BG_S_PARTIAL_COMPLETE),
        Some(error) => Err(Error::with_context(error.code, error.context, error.message.clone())),
        None => Err(Error::of(code::E_FAIL)),
    }
}

fn code_of(file: &TransferredFile) -> HResult {
    match &file.error {
        _ if file.is_done => code::S_OK,
        Some(error) => error.code,
        None => code::S_FALSE,
    }
}

unsafe fn options_of(place: *const bgcopy_transfer_options) -> Result<TransferOptions> {
    let given = if place.is_null() { bgcopy_transfer_options::ZERO } else { read_sized(place)? };
    let (name, password) = (optional_text(given.user_name)?, optional_text(given.password)?);
    if name.is_some() != password.is_some() {
        let text = "a user name and a password go together";
        return Err(Error::new(code::E_INVALIDARG, text));
    }
    let number = given.priority;
    let priority = choice(JobPriority::from_u32(number), number, "priority", code::E_INVALIDARG)?;
    let number = given.upload_protocol;
    let protocol = UploadProtocol::from_u32(number);
    let protocol = choice(protocol, number, "upload protocol", code::E_INVALIDARG)?;
    let some = |number: u32| (number != 0).then_some(number);
    Ok(TransferOptions {
        priority: Some(priority),
        no_progress_timeout_s: some(given.no_progress_timeout_s),
        custom_headers: optional_text(given.custom_headers)?.map(str::to_owned),
        credentials: name.zip(password).map(|(name, word)| (name.to_owned(), word.to_owned())),
        timeout: some(given.timeout_ms).map(|ms| Duration::from_millis(ms.into())),
        partial: yes_or_no(given.partial)?,
        cancel_unfinished: yes_or_no(given.cancel_unfinished)?,
        upload_protocol: Some(protocol).filter(|protocol| *protocol != UploadProtocol::Auto),
        reply_file_name: optional_text(given.reply_file_name)?.map(str::to_owned),
        checksums: optional_text(given.checksums)?.map(str::to_owned),
        minisign_key: optional_text(given.minisign_key)?.map(str::to_owned),
        signature: optional_text(given.signature)?.map(str::to_owned),
    })
}
