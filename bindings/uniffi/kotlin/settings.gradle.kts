rootProject.name = "bgcopy"
