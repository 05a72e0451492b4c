package bgcopy

import java.io.File as JavaFile
import java.nio.file.Path
import java.nio.file.Paths

// Paths are made absolute here, as a file of a job must have an absolute one
// and the current folder is the process's and not the engine's business.

/** As [Job.addFile] with the path as text. */
@Throws(BgcopyException::class)
public fun Job.addFile(remoteName: String, localName: Path): Unit =
    addFile(remoteName, absolute(localName))

/** As [Job.addFile] with the path as text. */
@Throws(BgcopyException::class)
public fun Job.addFile(remoteName: String, localName: JavaFile): Unit =
    addFile(remoteName, localName.absolutePath)

/** As [Job.addFileWithRanges] with the path as text. */
@Throws(BgcopyException::class)
public fun Job.addFileWithRanges(
    remoteName: String,
    localName: Path,
    ranges: List<FileRange>,
): Unit = addFileWithRanges(remoteName, absolute(localName), ranges)

/** As [Job.addFileWithRanges] with the path as text. */
@Throws(BgcopyException::class)
public fun Job.addFileWithRanges(
    remoteName: String,
    localName: JavaFile,
    ranges: List<FileRange>,
): Unit = addFileWithRanges(remoteName, localName.absolutePath, ranges)

/** A file to be added. */
public fun FileSpec(
    remoteName: String,
    localName: Path,
    ranges: List<FileRange> = emptyList(),
    expectedHash: ExpectedHash? = null,
): FileSpec = FileSpec(remoteName, absolute(localName), ranges, expectedHash)

/** A file to be added. */
public fun FileSpec(
    remoteName: String,
    localName: JavaFile,
    ranges: List<FileRange> = emptyList(),
    expectedHash: ExpectedHash? = null,
): FileSpec = FileSpec(remoteName, localName.absolutePath, ranges, expectedHash)

/** Where `complete` puts the file. */
public val File.localPath: Path
    @Throws(BgcopyException::class)
    get() = Paths.get(localName())

/** Where the file is until then. */
public val File.temporaryPath: Path
    @Throws(BgcopyException::class)
    get() = Paths.get(temporaryName())

private fun absolute(path: Path): String = path.toAbsolutePath().toString()
