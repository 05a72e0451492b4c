package bgcopy

/** The precise code of a failed call. */
public val BgcopyException.hresult: HResult
    get() = when (this) {
        is BgcopyException.Failed -> hresult
    }

/** What kind of thing failed. */
public val BgcopyException.context: ErrorContext
    get() = when (this) {
        is BgcopyException.Failed -> context
    }

/** One readable sentence; `message` has the code and the context, too. */
public val BgcopyException.text: String
    get() = when (this) {
        is BgcopyException.Failed -> text
    }

/** What stopped a job, as the error of a call. */
public fun JobError.toException(): BgcopyException =
    BgcopyException.Failed(hresult, context, message)
