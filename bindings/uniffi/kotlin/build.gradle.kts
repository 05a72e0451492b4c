// The library for JVM 17 and later.
//
// Not run: no build of Gradle is part of the tests, which compile the same
// sources with the same versions by themselves (tests/mobile.py). Before it,
// `bindings/uniffi/generate kotlin` must have run.

plugins {
    kotlin("jvm") version "2.4.20"
    `java-library`
    `maven-publish`
}

version = "0.1.0"

repositories { mavenCentral() }

dependencies {
    api("org.jetbrains.kotlinx:kotlinx-coroutines-core:1.8.0")
    implementation("net.java.dev.jna:jna:5.13.0")
    testImplementation(kotlin("test-junit"))
    testImplementation("junit:junit:4.13.2")
}

val target = rootDir.resolve("../../../target")

kotlin {
    jvmToolchain(17)
    sourceSets.main { kotlin.srcDir(target.resolve("kotlin/generated")) }
}

// JNA finds a library that lies in the jar under the name of its platform.
// Strip a copy of it for publishing; the one to generate from must not be.
tasks.processResources {
    from(target.resolve("release/libbgcopy_uniffi.so")) { into("linux-x86-64") }
}

tasks.test {
    useJUnit()
    systemProperty("jna.library.path", target.resolve("release").path)
    systemProperty("bgcopy.test.server", target.resolve("release/bgcopy-test-server").path)
}

publishing {
    publications { create<MavenPublication>("library") { from(components["java"]) } }
}
