/* list.h - the containers that have a reader, tried in this order; CONTAINER(name) needs
 * vpi_container_NAME in lib/container/NAME.c */
CONTAINER(stream)
CONTAINER(fat)
CONTAINER(package)
