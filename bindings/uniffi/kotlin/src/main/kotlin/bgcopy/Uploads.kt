package bgcopy

import java.io.File as JavaFile
import java.nio.file.Path
import java.nio.file.Paths

/**
 * As [ManagerHandle.createUploads], with the files to be sent to a folder of a
 * server: each goes below the URL, which ends in a slash, under its own name.
 */
@Throws(BgcopyException::class)
public fun Manager.createUploads(files: List<Path>, remoteFolder: String): List<Job> =
    createUploads(files.map { FileSpec(below(remoteFolder, it), it) })

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

private fun below(folder: String, file: Path): String {
    if (!folder.endsWith("/")) {
        throw BgcopyException.Failed(
            HResult.E_INVALIDARG, ErrorContext.NONE, "the URL of a folder ends in a slash: $folder")
    }
    return folder + encoded(file.fileName.toString())
}

/** A file name as the last part of a URL. */
private fun encoded(name: String): String = buildString {
    for (byte in name.encodeToByteArray()) {
        val char = byte.toInt().toChar()
        if (char in 'a'..'z' || char in 'A'..'Z' || char in '0'..'9' || char in "-._~") {
            append(char)
        } else {
            append("%%%02X".format(byte))
        }
    }
}
