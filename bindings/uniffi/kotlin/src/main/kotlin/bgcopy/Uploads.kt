package bgcopy

import java.io.File as JavaFile
import java.nio.file.Path
import java.nio.file.Paths

/**
 * As [ManagerHandle.createUploads], with the files to be sent to a folder of a
 * server: each goes below the URL, which ends in a slash, under its own name,
 * unless the server names files itself, as by tus.
 */
@Throws(BgcopyException::class)
public fun Manager.createUploads(files: List<Path>, remoteFolder: String): List<Job> =
    createUploads(files.map { FileSpec(folder(remoteFolder), it) })

/** As [ManagerHandle.createUploads]. */
public suspend fun Manager.awaitCreateUploads(files: List<FileSpec>): List<Job> =
    blocking { createUploads(files) }

/** As [Manager.createUploads] with a folder of a server. */
public suspend fun Manager.awaitCreateUploads(files: List<Path>, remoteFolder: String): List<Job> =
    blocking { createUploads(files, remoteFolder) }

/** As [Job.replyData]. */
public suspend fun Job.awaitReplyData(): ByteArray? = blocking { replyData() }

/** As [Job.setReplyFileName] with the path as text. */
@Throws(BgcopyException::class)
public fun Job.setReplyFileName(name: Path): Unit =
    setReplyFileName(name.toAbsolutePath().toString())

/** As [Job.setReplyFileName] with the path as text. */
@Throws(BgcopyException::class)
public fun Job.setReplyFileName(name: JavaFile): Unit = setReplyFileName(name.absolutePath)

/** Where `complete` puts the reply; null if that is not known yet. */
public val Job.replyPath: Path?
    @Throws(BgcopyException::class)
    get() = replyFileName()?.let { Paths.get(it) }

private fun folder(url: String): String {
    if (!url.endsWith("/")) {
        throw BgcopyException.Failed(
            HResult.E_INVALIDARG, ErrorContext.NONE, "the URL of a folder ends in a slash: $url")
    }
    return url
}
