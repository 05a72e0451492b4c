package bgcopy

/**
 * A job. The generated class has another name only because the file it is in
 * imports the `Job` of the coroutines.
 */
public typealias Job = JobHandle
