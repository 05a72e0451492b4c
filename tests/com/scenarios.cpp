// The life of jobs in C++, as programs for Windows are written: classes that are derived from
// the callbacks, __uuidof, IID_PPV_ARGS.
#include "check.hpp"

#include <deliveryoptimization.h>

namespace {

class watcher final : public IBackgroundCopyCallback2 {
public:
    HRESULT STDMETHODCALLTYPE QueryInterface(REFIID iid, void **object) override
    {
        *object = nullptr;
        if (iid == __uuidof(IUnknown) || iid == __uuidof(IBackgroundCopyCallback) ||
            iid == __uuidof(IBackgroundCopyCallback2)) {
            *object = this;
            AddRef();
            return S_OK;
        }
        return E_NOINTERFACE;
    }

    ULONG STDMETHODCALLTYPE AddRef() override { return ++references; }

    ULONG STDMETHODCALLTYPE Release() override
    {
        const ULONG left = --references;
        tell();
        return left;
    }

    HRESULT STDMETHODCALLTYPE JobTransferred(IBackgroundCopyJob *job) override
    {
        // The job is the caller's: it is not released here.
        OK(job->Complete());
        transferred++;
        tell();
        return S_OK;
    }

    HRESULT STDMETHODCALLTYPE JobError(IBackgroundCopyJob *job, IBackgroundCopyError *error) override
    {
        BG_ERROR_CONTEXT context{};
        HRESULT code = S_OK;
        OK(error->GetError(&context, &code));
        EXPECT(BG_E_HTTP_ERROR_404, code);
        CHECK(context == BG_ERROR_CONTEXT_REMOTE_FILE);
        errors++;
        const int told = errors;
        // The second time it is cancelled.
        const HRESULT answer = told == 1 ? E_FAIL : job->Cancel();
        tell();
        return answer;
    }

    HRESULT STDMETHODCALLTYPE JobModification(IBackgroundCopyJob *, DWORD) override { return S_OK; }

    HRESULT STDMETHODCALLTYPE FileTransferred(IBackgroundCopyJob *, IBackgroundCopyFile *file) override
    {
        given name;
        OK(file->GetRemoteName(&name));
        CHECK(name.is(server + "/one") || name.is(server + "/two"));
        files++;
        return S_OK;
    }

    template <class Condition> void wait(Condition condition)
    {
        std::unique_lock<std::mutex> guard(lock);
        CHECK(changed.wait_for(guard, std::chrono::seconds(60), condition));
    }

    std::atomic<ULONG> references{1};
    std::atomic<int> transferred{0}, errors{0}, files{0};

private:
    void tell()
    {
        const std::lock_guard<std::mutex> guard(lock);
        changed.notify_all();
    }

    std::mutex lock;
    std::condition_variable changed;
};

/// A manager in the scope of COM.
class stage {
public:
    stage()
    {
        OK(CoInitializeEx(nullptr, COINIT_MULTITHREADED));
        OK(CoCreateInstance(__uuidof(BackgroundCopyManager), nullptr, CLSCTX_LOCAL_SERVER,
                            IID_PPV_ARGS(&manager)));
    }
    stage(const stage &) = delete;
    stage &operator=(const stage &) = delete;
    ~stage()
    {
        CHECK(manager->Release() == 0);
        CoUninitialize();
    }
    void add(const std::string &name, IBackgroundCopyJob **job)
    {
        GUID id;
        OK(manager->CreateJob(wide("scenario").c_str(), BG_JOB_TYPE_DOWNLOAD, &id, job));
        add_file(*job, name);
    }
    static void add_file(IBackgroundCopyJob *job, const std::string &name)
    {
        const text url = wide(server + "/" + name), path = wide(folder + "/" + name);
        OK(job->AddFile(url.c_str(), path.c_str()));
    }

    IBackgroundCopyManager *manager = nullptr;
};

void download()
{
    stage here;
    watcher it;
    com_ptr<IBackgroundCopyJob> job;
    here.add("one", &job);
    here.add_file(job.get(), "two");
    OK(job->SetNotifyFlags(BG_NOTIFY_JOB_TRANSFERRED | BG_NOTIFY_JOB_ERROR |
                           BG_NOTIFY_FILE_TRANSFERRED));
    OK(job->SetNotifyInterface(&it));
    OK(job->Resume());
    it.wait([&] { return it.transferred == 1 && it.references == 1; });
    CHECK(it.files == 2);
    BG_JOB_STATE state{};
    OK(job->GetState(&state));
    CHECK(state == BG_JOB_STATE_ACKNOWLEDGED);
    given name;
    OK(job->GetDisplayName(&name));
    CHECK(name.is("scenario"));
}

void failing()
{
    stage here;
    watcher it;
    com_ptr<IBackgroundCopyJob> job;
    here.add("missing", &job);
    OK(job->SetNotifyInterface(&it));
    OK(job->Resume());
    it.wait([&] { return it.errors == 2 && it.references == 1; });
    BG_JOB_STATE state{};
    OK(job->GetState(&state));
    CHECK(state == BG_JOB_STATE_CANCELLED);
    EXPECT(BG_E_INVALID_STATE, job->Cancel());
}

void interfaces()
{
    stage here;
    com_ptr<IBackgroundCopyJob> job;
    com_ptr<IBackgroundCopyJob5> last;
    com_ptr<IBackgroundCopyJobHttpOptions> http;
    com_ptr<IEnumBackgroundCopyFiles> files;
    com_ptr<IBackgroundCopyFile> file;
    com_ptr<IEnumBackgroundCopyJobs> jobs;
    com_ptr<IBackgroundCopyJob> again;
    GUID id;
    here.add("one", &job);
    // By the type of the pointer, and by its id.
    OK(job->QueryInterface(&last));
    OK(job->QueryInterface(IID_PPV_ARGS(&http)));
    // A derived class has the slots of its base.
    IBackgroundCopyJob *base = last.get();
    OK(base->SetPriority(BG_JOB_PRIORITY_HIGH));
    BITS_JOB_PROPERTY_VALUE value;
    value.Dword = BITS_COST_STATE_TRANSFER_ALWAYS;
    OK(last->SetProperty(BITS_JOB_PROPERTY_ID_COST_FLAGS, value));
    value.Uint64 = 0;
    OK(last->GetProperty(BITS_JOB_PROPERTY_ID_COST_FLAGS, &value));
    CHECK(value.Dword == BITS_COST_STATE_TRANSFER_ALWAYS);
    OK(http->SetCustomHeaders(wide("X-One: 1\r\n").c_str()));
    given headers;
    OK(http->GetCustomHeaders(&headers));
    CHECK(headers.is("X-One: 1\r\n"));
    OK(job->EnumFiles(&files));
    ULONG count = 0;
    OK(files->Next(1, &file, &count));
    CHECK(count == 1);
    EXPECT(S_FALSE, files->Next(1, &file, &count));
    CHECK(count == 0 && file.get() == nullptr);
    OK(here.manager->EnumJobs(0, &jobs));
    OK(jobs->GetCount(&count));
    CHECK(count == 1);
    OK(job->GetId(&id));
    OK(here.manager->GetJob(id, &again));
    OK(job->Cancel());
    EXPECT(BG_E_NOT_FOUND, here.manager->GetJob(id, &again));
    CHECK(again.get() == nullptr);
    // Delivery Optimization has the same queue.
    com_ptr<IDOManager> downloads;
    com_ptr<IDODownload> download;
    OK(CoCreateInstance(__uuidof(DeliveryOptimization), nullptr, CLSCTX_LOCAL_SERVER,
                        IID_PPV_ARGS(&downloads)));
    OK(downloads->CreateDownload(&download));
    DO_DOWNLOAD_STATUS status;
    OK(download->GetStatus(&status));
    CHECK(status.State == DODownloadState_Created);
}

} // namespace

int main(int count, char **arguments)
{
    if (count != 4) {
        return 2;
    }
    folder = arguments[2];
    server = arguments[3];
    const struct {
        const char *name;
        void (*run)();
    } scenarios[] = {
        {"download", download},
        {"failing", failing},
        {"interfaces", interfaces},
    };
    for (const auto &one : scenarios) {
        if (std::string(one.name) == arguments[1]) {
            one.run();
            return 0;
        }
    }
    return 2;
}
