// jest answers require() of an ES module only once that module was evaluated: Nest's CommonJS neighbours need Nest first.
import 'reflect-metadata';
import '@nestjs/common';
import '@nestjs/core';
